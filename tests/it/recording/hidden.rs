//! What a recording hides, whatever a host calls its things and however it spells them.

use hyperv_replica::{
    Client, Credentials,
    cim::ResourceUri,
    client::VIRTUALIZATION,
    recording::{Recording, RecordingOptions},
    sim::{Inventory, Script},
    wsman::Resource,
};

use super::files;
use crate::host::{ClearHost, PASSWORD, USER};

/// All files of a recording of an answer that has these elements more.
async fn recorded(extra: &str) -> String {
    let end = "</p:Msvm_ComputerSystem>";
    let more = format!("{extra}{end}");
    let host = ClearHost::start(Inventory::sample(), Script::new(), move |_, _, answer| {
        answer.replace(end, &more)
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let recording = Recording::create(folder.path(), RecordingOptions::default()).unwrap();
    let client = Client::builder(&host.url())
        .credentials(Credentials::basic(USER, PASSWORD))
        .dangerous_clear_text(true)
        .observer(recording.clone())
        .build()
        .unwrap();
    let class = ResourceUri::wmi(VIRTUALIZATION, "Msvm_ComputerSystem");
    let vm = Resource::new(class)
        .selector("CreationClassName", "Msvm_ComputerSystem")
        .selector("Name", "56495254-0000-4000-8000-000000000001");
    client.get(&vm).await.unwrap();
    assert_eq!(recording.finish().unwrap(), 1);
    let files = files(folder.path());
    assert_eq!(files.len(), 3);
    files.into_values().map(|bytes| String::from_utf8(bytes).unwrap()).collect()
}

/// That a name which is in the elements is not in the recording.
async fn is_hidden(extra: &str, name: &str) {
    assert!(extra.contains(name));
    let all = recorded(extra).await.to_lowercase();
    assert!(!all.contains(&name.to_lowercase()), "{name} of {extra} is in {all}");
}

#[tokio::test]
async fn names_that_look_like_syntax_are_replaced() {
    for name in [
        "&lt;payroll&gt; prod",
        "&lt;payroll/&gt;",
        "11111111-2222-3333-4444-555555555555 payroll",
        "MSFT_payroll",
        "__payroll",
        "rootpayroll",
    ] {
        let extra = format!("<p:ElementName>{name}</p:ElementName><p:Notes>x {name} y</p:Notes>");
        is_hidden(&extra, "payroll").await;
    }
    let host = "<p:SystemName>ROOTCA01</p:SystemName><p:Machine>ROOTCA01.corp.example</p:Machine>";
    is_hidden(host, "ROOTCA01").await;
}

#[tokio::test]
async fn names_in_sentences_that_look_like_syntax_are_replaced() {
    for notes in [
        "select one of payroll now",
        "select one of 'payroll now",
        "references of payroll",
        "root/payroll",
        "payroll.x=\"1\"",
        "http://schemas.corp/payroll",
        "&lt;a&gt;&lt;!-- moved to payroll --&gt;x&lt;/a&gt;",
        "&lt;payroll&gt;x&lt;/payroll&gt;",
        "&lt;a xmlns='urn:payroll'&gt;x&lt;/a&gt;",
        "&lt;a HOST='payroll'&gt;x&lt;/a&gt;",
        "&lt;INSTANCE HOST='payroll'&gt;&lt;/INSTANCE&gt;",
        "&lt;INSTANCE&gt;&lt;!-- payroll --&gt;&lt;/INSTANCE&gt;",
    ] {
        let extra = format!("<p:ElementName>payroll</p:ElementName><p:Notes>{notes}</p:Notes>");
        is_hidden(&extra, "payroll").await;
    }
}

#[tokio::test]
async fn secrets_are_replaced_wherever_they_are_the_value_of_one() {
    let instance = |name: &str, value: &str| {
        format!(
            "<INSTANCE CLASSNAME='X'><PROPERTY NAME='{name}' TYPE='string'>{value}</PROPERTY></INSTANCE>"
        )
    };
    let escaped = |text: &str| text.replace('<', "&lt;").replace('>', "&gt;");
    let value = instance("V", "<VALUE>hunter2!</VALUE>");
    let object = format!("<VALUE.OBJECT>{value}</VALUE.OBJECT>");
    for extra in [
        "<p:Query>SELECT * FROM X WHERE Password='hunter2!'</p:Query>".to_owned(),
        "<p:Query>SELECT * FROM X WHERE Password LIKE 'hunter2!</p:Query>".to_owned(),
        r#"<p:Antecedent>root/cimv2:X.ProductKey="hunter2!"</p:Antecedent>"#.to_owned(),
        r#"<p:Antecedent>\\h\root\cimv2:X.A=1,ProductKey="hunter2!"</p:Antecedent>"#.to_owned(),
        "<p:Credential><p:Value>hunter2!</p:Value></p:Credential>".to_owned(),
        "<p:RawKeys>hunter2!</p:RawKeys>".to_owned(),
        format!("<p:Credential>{}</p:Credential>", escaped(&value)),
        format!("<p:S>{}</p:S>", escaped(&instance("Password", "<VALUE>hunter2!</VALUE>"))),
        format!("<p:S>{}</p:S>", escaped(&instance("Password", &object))),
    ] {
        is_hidden(&extra, "hunter2").await;
    }
    for secret in ["4815162342", "$$12!!34$$"] {
        let extra =
            format!("<p:Password>{secret}</p:Password><p:Notes>it is {secret} now</p:Notes>");
        is_hidden(&extra, secret).await;
    }
}

#[tokio::test]
async fn guests_tell_their_names_in_items_of_either_order() {
    let property = |name: &str, value: &str| {
        format!("<PROPERTY NAME='{name}'><VALUE>{value}</VALUE></PROPERTY>")
    };
    let data = property("Data", "payroll.corp.example");
    let name = property("Name", "FullyQualifiedDomainName");
    let other = property("Name", "OSName") + &property("Data", "Windows");
    for [first, second] in [[&data, &name], [&name, &data]] {
        let items = [&other, &(first.clone() + second)].map(|item| {
            format!("<INSTANCE CLASSNAME='Msvm_KvpExchangeDataItem'>{item}</INSTANCE>")
        });
        let [other, item] = items.map(|item| item.replace('<', "&lt;").replace('>', "&gt;"));
        let extra = format!("<p:G>{other}</p:G><p:G>{item}</p:G>");
        is_hidden(&extra, "payroll").await;
        assert!(recorded(&extra).await.contains("Windows"));
    }
}

/// Were the work for a text more than in proportion to its length, this would go on for minutes.
#[tokio::test]
async fn long_texts_are_looked_through_once() {
    const LENGTH: usize = 50_000;
    let notes = |text: &str| {
        let text = text.repeat(LENGTH / text.len());
        format!("<p:Notes>{text}</p:Notes><p:Notes>select * from X where {text}</p:Notes>")
    };
    let extra = ["a:", "1.", "'", "like''", "1.1.1.1 ", "q ", "__", "f"].map(notes).concat();
    let name = format!("<p:ElementName>{}z</p:ElementName>", "q ".repeat(LENGTH / 2));
    recorded(&(extra + &name)).await;
}
