use hyperv_replica::auth::{Credentials, Error, Mechanism, Secret, UserName, basic};

#[test]
fn user_names_are_read_in_all_three_forms() {
    for (text, domain, name) in [
        (r"EXAMPLE\admin", "EXAMPLE", "admin"),
        ("admin@example.com", "", "admin@example.com"),
        ("admin", "", "admin"),
        (r".\admin", ".", "admin"),
        (r"EXAMPLE\a\b", "EXAMPLE", r"a\b"),
        (r"EXAMPLE\admin@x", "EXAMPLE", "admin@x"),
    ] {
        let credentials = Credentials::ntlm(text, "");
        let user = credentials.user();
        assert_eq!((user.domain(), user.name()), (domain, name), "{text}");
        assert_eq!(user.to_string(), text);
        assert_eq!(credentials.mechanism(), Mechanism::Ntlm);
    }
}

#[test]
fn accounts_are_compared_without_regard_to_case() {
    let is_same =
        |one: &str, other: &str| UserName::from(one).is_same_account(&UserName::from(other));
    assert!(is_same(r"EXAMPLE\Jürgen", r"example\JÜRGEN"));
    assert!(is_same("straße", "STRAßE"));
    assert!(!is_same("straße", "STRASSE"));
    assert!(!is_same(r"EXAMPLE\admin", "admin"));
    assert!(!is_same(r"EXAMPLE\admin", r"OTHER\admin"));
}

#[test]
fn secrets_are_not_shown() {
    assert_eq!(format!("{:?}", Secret::from("hunter2")), "[redacted]");
    let credentials = format!("{:#?}", Credentials::ntlm("admin", "hunter2"));
    assert!(credentials.contains("admin") && !credentials.contains("hunter2"), "{credentials}");
}

#[test]
fn basic_token_is_that_of_the_rfc() {
    // RFC 7617 section 2, and section 2.1 for UTF-8.
    let token = |user, password| basic::token(&Credentials::basic(user, password)).unwrap();
    assert_eq!(*token("Aladdin", "open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_eq!(*token("test", "123£"), "dGVzdDoxMjPCow==");
    assert_eq!(*token(r"EXAMPLE\admin", "a:b"), "RVhBTVBMRVxhZG1pbjphOmI=");
}

#[test]
fn basic_refuses_a_user_name_that_it_cannot_carry() {
    for user in ["a:b", r"do:main\a", "a\r\nX-Header: b"] {
        assert_eq!(basic::token(&Credentials::basic(user, "")), Err(Error::BasicUserName));
    }
}
