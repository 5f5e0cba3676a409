//! The requests as they go out: the files of `fixtures/wire/methods`, and what holds for all of them.

use std::{collections::BTreeSet, env, fs, path::Path};

use hyperv_replica::{
    cim::{self, Value, class::Type},
    soap::{ADDRESSING, Envelope},
    wsman::{SelectorSet, WSMAN},
    xml::{Element, Limits, XSI},
};

use super::{
    call_all, method, output,
    rows::WEB01,
    table::{Row, SHUTDOWN, VM, table},
};

const REFRESH: &str = "HVR_REFRESH_METHODS";
/// What differs from run to run, and what stands for it in the files.
const VOLATILE: [(&str, &str); 3] = [
    ("a:MessageID", ">uuid:7B0C2A54-9D1E-4F6B-8A30-5C1D2E3F4A5B"),
    ("a:To", ">http://hv01.example.com:5985/wsman"),
    ("p:SessionId", " s:mustUnderstand=\"false\">uuid:0F9E8D7C-6B5A-4948-8736-251403F2E1D0"),
];

fn fixed(request: &str) -> String {
    VOLATILE.iter().fold(request.to_owned(), |request, (name, fixed)| {
        let (before, rest) = request.split_once(&format!("<{name}")).unwrap();
        let (_, after) = rest.split_once(&format!("</{name}>")).unwrap();
        format!("{before}<{name}{fixed}</{name}>{after}")
    })
}

#[tokio::test]
async fn requests_are_these_bytes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wire/methods");
    #[expect(clippy::disallowed_methods, reason = "it says whether the files are made anew")]
    let refresh = env::var_os(REFRESH).is_some();
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let names = table().map(|row| folder.join(row.name()).with_extension("xml"));
    if refresh {
        files.for_each(|file| fs::remove_file(file).unwrap());
    } else {
        assert_eq!(files.collect::<BTreeSet<_>>(), names.collect());
    }
    let outputs = |row: &Row| vec![output(&(row.done)(), 0)];
    call_all(outputs, |row, _, invokes| {
        let request = fixed(&invokes[0]) + "\n";
        let name = row.name();
        let file = format!("{}/fixtures/wire/methods/{name}.xml", env!("CARGO_MANIFEST_DIR"));
        match fs::read_to_string(&file) {
            Ok(written) => assert_eq!(
                request, written,
                "{name}; to make the files anew: {REFRESH}=1 cargo test --test it methods"
            ),
            // Only where the files are made anew, as that all are there was looked at.
            Err(_) => fs::write(&file, request).unwrap(),
        }
    })
    .await;
}

#[tokio::test]
async fn parameters_are_those_of_the_method_in_its_order_and_form() {
    let outputs = |row: &Row| vec![output(&(row.done)(), 0)];
    call_all(outputs, |row, _, invokes| {
        let name = row.name();
        let request = Envelope::parse(invokes[0].as_bytes(), Limits::default()).unwrap();
        let [input] = &*request.body else { panic!("{request:?}") };
        let uri = &invokes[0]
            .split_once("<w:ResourceURI s:mustUnderstand=\"true\">")
            .unwrap()
            .1
            .split_once('<')
            .unwrap()
            .0;
        assert!(uri.ends_with(&format!("/root/virtualization/v2/{}", row.class)), "{uri}");
        assert_eq!(request.header.action, Some(format!("{uri}/{}", row.method)));
        assert!(input.is(uri, &format!("{}_INPUT", row.method)), "{name}");

        let inputs = || method(row).parameters.iter().filter(|parameter| parameter.is_in());
        let mut sent: Vec<_> = input.children.iter().map(|child| child.name.local()).collect();
        sent.dedup();
        assert_eq!(sent, inputs().map(|parameter| &*parameter.name).collect::<Vec<_>>(), "{name}");
        for child in &input.children {
            let parameter = inputs().find(|parameter| child.is(uri, &parameter.name)).unwrap();
            let is_null = child.find_attribute_in(XSI, "nil") == Some("true");
            assert!(!(is_null && parameter.is_required()), "{name}: {}", parameter.name);
            let has: Vec<_> = child.children.iter().map(|held| held.name.clone()).collect();
            let expected: &[_] = match parameter.ty {
                _ if is_null => &[],
                Type::Reference(_) => {
                    &[(ADDRESSING, "Address"), (ADDRESSING, "ReferenceParameters")]
                }
                Type::Datetime => &[(cim::COMMON, "Datetime")],
                _ => &[],
            };
            let expected = expected.iter().map(|(ns, local)| Element::new(*ns, *local).name);
            assert_eq!(has, expected.collect::<Vec<_>>(), "{name}: {}", parameter.name);
            assert!(has.is_empty() || child.text.is_empty(), "{name}: {}", parameter.name);
        }
    })
    .await;
}

#[tokio::test]
async fn embedded_instances_are_text_that_is_read_as_what_was_given() {
    for row in table() {
        let (host, given) = super::host(vec![output(&(row.done)(), 0)]).await;
        (row.call)(&given).send.await.unwrap();
        let request = Envelope::parse(host.invokes()[0].as_bytes(), Limits::default()).unwrap();
        let values = cim::decode_input(&request.body[0], method(row)).unwrap();
        let texts: Vec<_> = method(row)
            .parameters
            .iter()
            .filter(|parameter| parameter.is_in() && parameter.embedded_class().is_some())
            .flat_map(|parameter| values.iter().filter(|(name, _)| *name == parameter.name))
            .flat_map(|(_, value)| value.as_slice())
            .filter(|value| **value != Value::Null)
            .map(|value| match value {
                Value::String(text) => text,
                value => panic!("{}: {value:?}", row.name()),
            })
            .collect();
        let given = (row.embeds)(&given);
        assert_eq!(texts.len(), given.len(), "{}", row.name());
        for (text, same) in texts.into_iter().zip(given) {
            same(text);
            // The parser of the service takes no reference by name.
            let names = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
            assert!(!names.iter().any(|name| text.contains(name)), "{text}");
        }
    }
}

#[tokio::test]
async fn methods_are_called_on_the_instance_that_has_them() {
    let outputs = |row: &Row| vec![output(&(row.done)(), 0)];
    call_all(outputs, |row, _, invokes| {
        let request = Envelope::parse(invokes[0].as_bytes(), Limits::default()).unwrap();
        let set = request.header.find(WSMAN, "SelectorSet").unwrap();
        let selectors = SelectorSet::from_element(set).unwrap();
        let device = format!(r"Microsoft:{WEB01}\A9C0F1B2\0");
        let expected = match row.class {
            VM => vec![("CreationClassName", VM), ("Name", row.of)],
            SHUTDOWN => vec![
                ("CreationClassName", SHUTDOWN),
                ("DeviceID", &*device),
                ("SystemCreationClassName", VM),
                ("SystemName", row.of),
            ],
            class => vec![("CreationClassName", class)],
        };
        let expected =
            expected.iter().fold(SelectorSet::new(), |set, (name, key)| set.with(name, *key));
        assert_eq!(selectors, expected, "{}", row.name());
        assert_eq!(set.children.len(), expected.iter().count(), "{}", row.name());
    })
    .await;
}

/// The text of an input, of the first call in a row of the table.
async fn sent(name: &str) -> Element {
    let row = table().find(|row| row.name() == name).unwrap();
    let (host, given) = super::host(vec![output(&(row.done)(), 0)]).await;
    (row.call)(&given).send.await.unwrap();
    let request = Envelope::parse(host.invokes()[0].as_bytes(), Limits::default()).unwrap();
    request.body.into_iter().next().unwrap()
}

#[tokio::test]
async fn times_are_points_and_intervals_are_lengths() {
    let input = sent("StartReplication_export").await;
    let time = &input.children[3].children[0];
    assert_eq!((time.name.local(), &*time.text), ("Datetime", "2026-12-24T18:30:00Z"));

    let relationship = sent("ResetReplicationStatisticsEx").await.children[1].text.clone();
    for property in [
        r#"<PROPERTY NAME="LastReplicationTime" TYPE="datetime"><VALUE>20261030210405.000007+000</VALUE></PROPERTY>"#,
        // What means nothing goes back as it came.
        r#"<PROPERTY NAME="LastApplicationConsistentReplicationTime" TYPE="datetime"><VALUE>16010101000000.000000+000</VALUE></PROPERTY>"#,
        r#"<PROPERTY NAME="FutureProperty" TYPE="string"><VALUE>a value &#38; another</VALUE></PROPERTY>"#,
        r#"<PROPERTY NAME="ReplicationHealth" TYPE="uint16"><VALUE>77</VALUE></PROPERTY>"#,
    ] {
        assert!(relationship.contains(property), "{relationship}");
    }
    assert!(!relationship.contains("LastApplyTime"), "NULL is left out: {relationship}");

    let settings = sent("ModifyServiceSettings_changed").await.children[0].text.clone();
    for property in [
        r#"<PROPERTY NAME="MonitoringStartTime" TYPE="datetime"><VALUE>00000000235900.000000:000</VALUE></PROPERTY>"#,
        r#"<PROPERTY NAME="MonitoringInterval" TYPE="uint32"><VALUE>604800</VALUE></PROPERTY>"#,
    ] {
        assert!(settings.contains(property), "{settings}");
    }
}

#[tokio::test]
async fn the_shutdown_component_is_found_by_its_machine() {
    let row = table().find(|row| row.name() == "InitiateShutdown").unwrap();
    let (host, given) = super::host(vec![output("", 0)]).await;
    (row.call)(&given).send.await.unwrap();
    let query = format!("SELECT * FROM {SHUTDOWN} WHERE SystemName = '{WEB01}'");
    assert!(host.all_queries().contains(&query));
}
