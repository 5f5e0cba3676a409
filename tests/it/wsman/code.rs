//! Codes: every one by its number and by its name, and what to do about those that operators meet.

use std::collections::BTreeSet;

use hyperv_replica::wsman::{CimStatus, Code, Family};

#[test]
fn every_code_is_found_by_number_and_by_name() {
    let all: Vec<_> = Code::all().collect();
    let count = |family| all.iter().filter(|code| code.family() == family).count();
    assert_eq!(count(Family::WsManagement), 511);
    assert_eq!((count(Family::Unknown), count(Family::Win32Hresult)), (0, 0));
    assert!(count(Family::Wbem) > 100 && count(Family::Win32) > 50 && count(Family::Hresult) > 20);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "each number once");
    for code in all {
        let name = code.name().unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'));
        assert_eq!(Code::search(name), [code], "{name}");
        assert!(Code::search(&name.to_lowercase()).contains(&code), "{name}");
        let (decimal, negative) = (code.0.to_string(), code.0.cast_signed().to_string());
        for number in [decimal, negative, format!("{:#x}", code.0), format!("0X{:X}", code.0)] {
            assert_eq!(Code::search(&number), [code], "{number}");
        }
    }
}

#[test]
fn codes_are_what_the_headers_of_windows_say() {
    for (number, name, family) in [
        (2_150_858_752, "ERROR_WSMAN_RESOURCE_NOT_FOUND", Family::WsManagement),
        (2_150_858_843, "ERROR_WSMAN_UNEXPECTED_SELECTORS", Family::WsManagement),
        (2_150_859_174, "ERROR_WSMAN_QUOTA_MAX_OPERATIONS", Family::WsManagement),
        (2_150_859_250, "ERROR_WINRS_IDLETIMEOUT_OUTOFBOUNDS", Family::WsManagement),
        (0x8004_1003, "WBEM_E_ACCESS_DENIED", Family::Wbem),
        (0x8004_100E, "WBEM_E_INVALID_NAMESPACE", Family::Wbem),
        (0x8004_102F, "WBEM_E_INVALID_METHOD_PARAMETERS", Family::Wbem),
        (0x0004_0010, "WBEM_S_PARTIAL_RESULTS", Family::Wbem),
        (5, "ERROR_ACCESS_DENIED", Family::Win32),
        (1326, "ERROR_LOGON_FAILURE", Family::Win32),
        (1722, "RPC_S_SERVER_UNAVAILABLE", Family::Win32),
        (0x8009_0322, "SEC_E_WRONG_PRINCIPAL", Family::Hresult),
    ] {
        let code = Code(number);
        assert_eq!((code.name(), code.family()), (Some(name), family));
    }
}

#[test]
fn an_hresult_of_a_win32_code_is_that_code() {
    let code = Code(0x8007_0005);
    assert_eq!((code.family(), code.win32()), (Family::Win32Hresult, Some(Code(5))));
    assert_eq!((code.name(), code.next_step()), (Code(5).name(), Code(5).next_step()));
    assert!(code.meaning().is_some());
    assert_eq!(code.to_string(), "2147942405 (0x80070005, ERROR_ACCESS_DENIED)");
    assert_eq!((Code(5).win32(), Code(0x8004_1003).win32()), (None, None));
}

#[test]
fn what_a_person_types_is_found() {
    let selectors = Code(2_150_858_843);
    for text in [
        "2150858843",
        "0x8033805B",
        "0X8033805b",
        "-2144108453",
        "ERROR_WSMAN_UNEXPECTED_SELECTORS",
        "unexpected_selectors",
        "wsman_unexpected_selectors",
        "(0x8033805B)",
        " \"2150858843\",\n",
        "0x8033805b:",
        "[Unexpected_Selectors].",
    ] {
        assert_eq!(Code::search(text), [selectors], "{text}");
    }
    let denied = [Code(0x0004_0009), Code(0x8004_1003), Code(5)];
    assert_eq!(Code::search("Access_Denied"), denied);
    assert_eq!(Code::search("4242424242"), [Code(4_242_424_242)]);
    for text in [
        "",
        "0x",
        "0x+5",
        "0x123456789",
        "4294967296",
        "-2147483649",
        "--5",
        "5 5",
        "WBEM_E_",
        "ERROR_WSMAN_",
        "selectors",
        "５",
        "\u{0}",
    ] {
        assert_eq!(Code::search(text), [], "{text}");
    }
}

#[test]
fn a_code_that_nobody_knows_is_a_value() {
    for (number, family) in [
        (0x8033_FFFF, Family::WsManagement),
        (0x8004_1FFF, Family::Wbem),
        (0xFFFF, Family::Win32),
        (0x8007_FFFF, Family::Win32Hresult),
        (0x8037_0101, Family::Hresult),
        (0xC000_0022, Family::Unknown),
        (0x0001_0000, Family::Unknown),
        (u32::MAX, Family::Unknown),
    ] {
        let code = Code(number);
        assert_eq!(code.family(), family, "{code}");
        assert_eq!((code.name(), code.meaning(), code.next_step()), (None, None, None));
        assert_eq!(code.to_string(), format!("{number} (0x{number:08X})"));
    }
}

#[test]
fn operators_are_told_what_to_do() {
    let must_say = [
        (5, "Hyper-V Administrators"),
        (0x8007_0005, "LocalAccountTokenFilterPolicy"),
        (0x8004_1003, "Remote Management Users"),
        (2_150_859_012, "Hyper-V Administrators"),
        (2_150_859_013, "Hyper-V Administrators"),
        (2_150_859_014, "Hyper-V Administrators"),
        (2_150_858_974, "AllowUnencrypted"),
        (2_150_858_815, "MaxConcurrentOperationsPerUser"),
        (2_150_859_173, "shells"),
        (2_150_859_174, "MaxConnections"),
        (2_150_858_805, "MaxEnvelopeSizekb"),
        (2_150_858_823, "MaxEnvelopeSizekb"),
        (2_150_858_824, "MaxEnvelopeSizekb"),
        (2_150_858_825, "MaxEnvelopeSizekb"),
        (2_150_859_025, "MaxEnvelopeSizekb"),
        (2_150_858_878, "8192"),
        (2_150_858_842, "CreationClassName"),
        (2_150_858_843, "keys"),
        (2_150_858_844, "selectors"),
        (2_150_858_845, "selectors"),
        (2_150_858_846, "keys"),
        (2_150_858_847, "once"),
        (0x8004_100E, "Hyper-V role"),
        (0x8004_1010, "Hyper-V role"),
        (2_150_858_752, "Hyper-V role"),
        (2_150_858_811, "Hyper-V role"),
        (2_150_858_817, "order of the MOF"),
        (2_150_859_003, "/*"),
        (2_150_858_778, "backslash"),
        (0x8004_1017, "backslash"),
        (2_150_858_793, "--timeout"),
        (2_150_858_779, "again"),
        (2_150_858_780, "again"),
        (2_150_859_063, "polymorphism"),
        (2_150_858_887, "en-US"),
        (2_150_858_767, "header"),
        (2_150_858_771, "method"),
        (2_150_858_772, "vmms"),
        (2_150_858_755, "provider"),
        (0x8004_102F, "CreationClassName"),
        (2_150_858_975, "Basic over https"),
        (2_150_858_977, "NTLM"),
        (2_150_858_978, "NTLM"),
        (2_150_858_980, "TrustedHosts"),
        (2_150_858_882, "certificate"),
        (1326, "DOMAIN\\user"),
        (1385, "from the network"),
        (1909, "lock"),
    ];
    for (number, words) in must_say {
        let code = Code(number);
        let step = code.next_step().unwrap_or_else(|| panic!("{code}"));
        assert!(step.contains(words), "{code}: {step}");
    }
}

#[test]
fn a_next_step_says_where_what_only_windows_has_is_to_be_run() {
    let mut steps = 0;
    for code in Code::all() {
        let Some(step) = code.next_step() else { continue };
        steps += 1;
        assert!(code.meaning().is_some(), "{code} has something to do and no meaning");
        assert!(step.len() > 10 && step.ends_with('.'), "{code}: {step}");
        let windows = ["winrm ", "setspn", "registry", "event log", "Set-Item", "Enable-"];
        if windows.iter().any(|word| step.contains(word)) {
            let places = ["the host", "there", "a computer of the domain"];
            assert!(places.iter().any(|place| step.contains(place)), "{code}: {step}");
        }
    }
    assert!(steps > 200, "{steps}");
    // A name that is misspelt there would be the step of nothing.
    let named = include_str!("../../../src/wsman/codes/next_steps.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap().0.split(' ').count())
        .sum::<usize>();
    assert_eq!(named, steps);
}

#[test]
fn a_status_of_cim_has_a_name_and_a_code_that_says_the_same() {
    for (number, shown, code) in [
        (1, "1 (CIM_ERR_FAILED)", Some("WBEM_E_FAILED")),
        (5, "5 (CIM_ERR_INVALID_CLASS)", Some("WBEM_E_INVALID_CLASS")),
        (16, "16 (CIM_ERR_METHOD_NOT_AVAILABLE)", Some("WBEM_E_METHOD_NOT_IMPLEMENTED")),
        (20, "20 (CIM_ERR_NAMESPACE_NOT_EMPTY)", None),
        (28, "28 (CIM_ERR_SERVER_IS_SHUTTING_DOWN)", Some("WBEM_E_SHUTTING_DOWN")),
        (29, "29", None),
        (0, "0", None),
    ] {
        let status = CimStatus(number);
        assert_eq!(status.to_string(), shown);
        assert_eq!(status.code().map(|code| code.name().unwrap()), code, "{shown}");
    }
    assert!((1..=28).all(|number| CimStatus(number).name().is_some()));
}
