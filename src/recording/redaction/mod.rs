//! Pseudonyms in the place of names.
//!
//! First all names are learned out of all messages, then all messages are written with pseudonyms: a name that shows
//! itself as one only late is not left in what came before. `docs/recording.md` says what is replaced.

mod field;
mod names;
mod pattern;
mod pseudonyms;
mod text;

pub(super) use names::Names;
pub(super) use pseudonyms::Pseudonyms;

use self::{
    field::{Field, Meaning, is_secret, is_syntax, resource_class},
    names::REDACTED,
    text::{Holds, is_cim_xml, unescape},
};
use crate::xml::{self, Edit, Limits, Place, Problem};

/// So many documents may be in the text of each other.
const DEPTH: u32 = 4;

impl Names {
    /// Learns the host that a URL is of.
    pub(super) fn endpoint(&mut self, url: &str) {
        Meaning::Url.learn(url, self);
    }

    /// Learns the user who asks.
    pub(super) fn user(&mut self, user: &str) {
        Meaning::Account.learn(user, self);
    }

    /// Learns the names in a message. In what is no XML there is none.
    pub(super) fn message(&mut self, message: &str) {
        self.document(message, DEPTH);
    }

    fn document(&mut self, document: &str, depth: u32) {
        let mut resource = String::new();
        let mut item = GuestItem::default();
        let mut learn = |place: Place<'_>, text: &str| {
            if let Some(class) = resource_class(place, text) {
                resource = class;
            }
            if place.attribute.is_some_and(|attribute| attribute.local() == "CLASSNAME") {
                item = GuestItem::default();
            }
            if is_syntax(place) || text.trim().is_empty() {
                return Vec::new();
            }
            if is_secret(place) {
                self.secret(text);
                return Vec::new();
            }
            let field = Field::of(place, &resource);
            if let Some(meaning) = field.meaning() {
                meaning.learn(text, self);
            }
            if is_cim_xml(text) && depth > 0 {
                self.document(text, depth - 1);
            } else {
                if let Some(computer) = item.read(field, text) {
                    self.computer(&computer);
                }
                self.text(text);
            }
            Vec::new()
        };
        // What cannot be read tells no names, and is not written either.
        drop(Edit::of_document(document, Limits::default(), &mut learn));
    }

    fn text(&mut self, text: &str) {
        match Holds::of(text) {
            Holds::Nothing => {}
            Holds::Literals { class, host, literals } => {
                if let Some(host) = host.and_then(|range| text.get(range)) {
                    self.computer(host);
                }
                for literal in literals {
                    let field = Field { class, name: literal.property };
                    let value = unescape(text.get(literal.range).unwrap_or_default());
                    if field.is_secret() {
                        self.secret(&value);
                    } else if let Some(meaning) = field.meaning() {
                        meaning.learn(&value, self);
                    }
                }
            }
            Holds::Words => {
                // `\\server\share`, but not `\\.\device` and `\\?\path`.
                if let Some(path) = text.trim().strip_prefix(r"\\") {
                    self.computer(path.split('\\').next().unwrap_or_default());
                }
            }
        }
    }
}

/// What a guest tells, one property after the other: its `Name` says what its `Data` is.
#[derive(Default)]
struct GuestItem {
    data: Option<String>,
    is_name: bool,
}

impl GuestItem {
    /// Reads a property. Gives the name of the guest when both are known, in whatever order.
    fn read(&mut self, field: Field<'_>, text: &str) -> Option<String> {
        match field.name {
            "Data" => self.data = Some(text.to_owned()),
            "Name" => self.is_name = text.trim() == "FullyQualifiedDomainName",
            _ => {}
        }
        let data = self.data.take_if(|_| self.is_name);
        self.is_name &= data.is_none();
        data
    }
}

impl Pseudonyms {
    /// A message with pseudonyms in the place of names, and otherwise byte for byte what it was.
    ///
    /// # Errors
    /// When it cannot be read, so that nobody knows what it holds.
    pub(super) fn message(&mut self, message: &str) -> Result<String, xml::Error> {
        if message.contains("<!--") {
            let problem = Problem::Malformed("there is a comment, which no host sends".to_owned());
            return Err(xml::Error { problem, path: "/".to_owned() });
        }
        Ok(Edit::apply(&self.document(message, DEPTH)?, message))
    }

    /// A text with pseudonyms in the place of names.
    pub(super) fn text(&mut self, text: &str) -> String {
        Edit::apply(&self.words(text), text)
    }

    fn document(&mut self, document: &str, depth: u32) -> Result<Vec<Edit>, xml::Error> {
        let mut resource = String::new();
        Edit::of_document(document, Limits::default(), &mut |place, text| {
            if let Some(class) = resource_class(place, text) {
                resource = class;
            }
            if is_syntax(place) || text.trim().is_empty() {
                return Vec::new();
            }
            let all = |stands: &str| vec![Edit { range: 0..text.len(), text: stands.to_owned() }];
            if is_secret(place) {
                return match text.trim() {
                    "true" | "false" => Vec::new(),
                    number if number.parse::<f64>().is_ok() => all("0"),
                    _ => all(REDACTED),
                };
            }
            let field = Field::of(place, &resource);
            if let Some(stands) = self.whole(field, text) {
                return all(stands);
            }
            let is_inner = is_cim_xml(text) && depth > 0;
            let inner = is_inner.then(|| self.document(text, depth - 1));
            inner.and_then(Result::ok).unwrap_or_else(|| self.value(field, text))
        })
    }

    fn value(&mut self, field: Field<'_>, text: &str) -> Vec<Edit> {
        if field.is_address()
            && let Some(address) = pattern::bare_mac(text.trim()).filter(pattern::Address::tells)
        {
            return vec![Edit { range: 0..text.len(), text: self.address(&address) }];
        }
        match Holds::of(text) {
            Holds::Nothing => Vec::new(),
            Holds::Literals { class, host, literals } => {
                let ranges = host.into_iter().map(|range| (range, "__SERVER"));
                ranges
                    .chain(literals.into_iter().map(|literal| (literal.range, literal.property)))
                    .flat_map(|(range, name)| {
                        let literal = text.get(range.clone()).unwrap_or_default();
                        let edits = self.literal(Field { class, name }, literal);
                        edits.into_iter().map(move |edit| Edit {
                            range: edit.range.start + range.start..edit.range.end + range.start,
                            ..edit
                        })
                    })
                    .collect()
            }
            Holds::Words => self.words(text),
        }
    }

    /// The words of a quoted text.
    fn literal(&mut self, field: Field<'_>, text: &str) -> Vec<Edit> {
        let stands = if field.is_secret() { Some(REDACTED) } else { self.whole(field, text) };
        match stands {
            Some(stands) => vec![Edit { range: 0..text.len(), text: stands.to_owned() }],
            None => self.words(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{names::Kind, *};

    const ENVELOPE: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/CLASS"><s:Header><a:To>http://{fqdn}:5985/wsman</a:To></s:Header><s:Body>BODY</s:Body></s:Envelope>"#;

    /// A message about a class.
    fn message(class: &str, body: &str) -> String {
        ENVELOPE.replace("CLASS", class).replace("BODY", body)
    }

    /// Fills in what stands in braces.
    fn fill(template: &str, values: &[(&str, &str)]) -> String {
        let fill = |text: String, (name, value): &(&str, &str)| {
            text.replace(&format!("{{{name}}}"), value)
        };
        values.iter().fold(template.to_owned(), fill)
    }

    fn redacted(messages: &[String]) -> Vec<String> {
        let mut names = Names::default();
        names.endpoint("http://hv01.contoso.example:5985/wsman");
        names.user(r"CONTOSO\jane.doe");
        for message in messages {
            names.message(message);
        }
        let mut pseudonyms = Pseudonyms::new(&names);
        messages.iter().map(|message| pseudonyms.message(message).unwrap()).collect()
    }

    const REAL: &[(&str, &str)] = &[
        ("fqdn", "HV01.Contoso.example"),
        ("host", "hv01"),
        ("user", r"Contoso\Jane.Doe"),
        ("upn", "jane.doe@contoso.example"),
        ("vm", "O'Brien &amp; &lt;Söhne&gt;"),
        ("wql", r"O\'BRIEN &amp; &lt;SÖHNE&gt;"),
        ("inner", "O'Brien &amp;amp; &amp;lt;Söhne&amp;gt;"),
        ("vm2", "web01"),
        ("peer", "HV02"),
        ("share", r"\\FS1\vms"),
        ("group", "Customer 42"),
        ("folder", r"E:\Customer42\Replica"),
        ("guest", "mail.contoso.example"),
        ("ip", "10.20.30.40"),
        ("mac", "00155D0A0B0C"),
        ("print", "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"),
        ("password", "Pa$$w0rd"),
    ];
    const PSEUDONYMS: &[(&str, &str)] = &[
        ("fqdn", "host-1.domain-1"),
        ("host", "host-1"),
        ("user", r"domain-1\user-1"),
        ("upn", "user-1@domain-1"),
        ("vm", "vm-1"),
        ("wql", "vm-1"),
        ("inner", "vm-1"),
        ("vm2", "vm-2"),
        ("peer", "host-2"),
        ("share", r"\\host-3\vms"),
        ("group", "group-1"),
        ("folder", r"E:\folder-1"),
        ("guest", "host-4.domain-1"),
        ("ip", "192.0.2.1"),
        ("mac", "00005E005301"),
        ("print", "0000000000000000000000000000000000000001"),
        ("password", "redacted"),
    ];

    /// Everywhere where a name may stand. The pieces are in the order of the numbers.
    fn template() -> Vec<String> {
        let early = message(
            "Msvm_X",
            "<p:Description>{vm2} on {host}, not on xhv01 or hv012: ask {upn}, {ip}, 1.3.6.1.5.5.7.</p:Description>",
        );
        let query = message(
            "*",
            r"<w:Filter>SELECT * FROM Msvm_ComputerSystem WHERE ElementName = '{wql}'</w:Filter>",
        );
        let vms = message(
            "Msvm_ComputerSystem",
            r#"<p:Msvm_ComputerSystem xsi:type="p:Msvm_ComputerSystem_Type"><p:ElementName>{vm}</p:ElementName><p:Name>56495254-0000-4000-8000-000000000001</p:Name><p:Notes xml:lang="en-US">{vm2}.vhdx, {vm2}_1 &#x22;{inner2}&#34;</p:Notes></p:Msvm_ComputerSystem><p:Msvm_ComputerSystem><p:ElementName>{vm2}</p:ElementName></p:Msvm_ComputerSystem>"#,
        )
        .replace("{inner2}", "{vm}");
        let relation = message(
            "Msvm_ReplicationRelationship",
            "<p:PrimaryHostSystem>{fqdn}</p:PrimaryHostSystem><p:RecoveryConnectionPoint>{peer}</p:RecoveryConnectionPoint><p:Path>{share}\\{vm2}.vhdx</p:Path><p:TrustGroup>{group}</p:TrustGroup><p:ReplicaStorageLocation>{folder}\\</p:ReplicaStorageLocation><p:Disk>{folder}\\{vm2}.vhdx</p:Disk><p:Owner>{user}</p:Owner><p:Ref>\\\\{peer}\\root\\virtualization\\v2:Msvm_ComputerSystem.ElementName=\"{vm2}\"</p:Ref>",
        );
        let embedded = message(
            "Msvm_X",
            r#"<p:Item>&lt;INSTANCE CLASSNAME="Msvm_KvpExchangeDataItem"&gt;&lt;PROPERTY NAME="Data" TYPE="string"&gt;&lt;VALUE&gt;{guest}&lt;/VALUE&gt;&lt;/PROPERTY&gt;&lt;PROPERTY NAME="Name"&gt;&lt;VALUE&gt;FullyQualifiedDomainName&lt;/VALUE&gt;&lt;/PROPERTY&gt;&lt;PROPERTY NAME="X"&gt;&lt;VALUE&gt;{inner}&lt;/VALUE&gt;&lt;/PROPERTY&gt;&lt;/INSTANCE&gt;</p:Item><p:Address>{mac}</p:Address><p:CertificateThumbPrint>{print}</p:CertificateThumbPrint><p:AdminPassword>{password}</p:AdminPassword><p:Note>it is {password}</p:Note><s:Fault Machine="{peer}"/>"#,
        );
        vec![early, query, vms, relation, embedded]
    }

    #[test]
    fn names_are_replaced_wherever_they_stand_and_nothing_else_changes() {
        let template = template();
        let real: Vec<String> = template.iter().map(|text| fill(text, REAL)).collect();
        let stand: Vec<String> = template.iter().map(|text| fill(text, PSEUDONYMS)).collect();
        for (redacted, stand) in redacted(&real).iter().zip(&stand) {
            assert_eq!(redacted, stand);
        }
    }

    #[test]
    fn names_that_are_words_of_the_protocol_do_no_harm() {
        let vm = |name: &str| format!("<p:ElementName>{name}</p:ElementName>");
        let body = |names: [&str; 4]| {
            let [truth, number, short, word] = names;
            let names: String = names.iter().map(|name| vm(name)).collect();
            format!(
                r#"{names}<p:Enabled>true</p:Enabled><p:Count>22</p:Count><p:Envelope p:Envelope="ab">x</p:Envelope><w:SelectorSet><w:Selector Name="Name">a</w:Selector></w:SelectorSet><p:Ref>Msvm_ComputerSystem.ElementName="{truth}",Caption="true"</p:Ref><w:Filter>SELECT Envelope FROM Msvm_ComputerSystem WHERE ElementName='{short}' OR ElementName='{number}' OR Caption="{word}"</w:Filter>"#
            )
        };
        let fqdn = |text: String| text.replace("{fqdn}", "127.0.0.1");
        let real = fqdn(message("Msvm_ComputerSystem", &body(["true", "22", "ab", "Envelope"])));
        let stand = fqdn(message("Msvm_ComputerSystem", &body(["vm-1", "vm-2", "vm-3", "vm-4"])));
        assert_eq!(redacted(&[real]), [stand]);
    }

    #[test]
    fn a_message_that_nobody_can_read_is_refused() {
        let mut pseudonyms = Pseudonyms::new(&Names::default());
        for message in ["<a>", "no XML", "<a><!-- hv01 --></a>"] {
            assert!(pseudonyms.message(message).is_err(), "{message}");
        }
    }

    #[test]
    fn short_users_are_replaced_together_with_their_domain() {
        for (user, stands) in [
            (r"AD\a", r"domain-1\user-1"),
            ("a@ad.example", "user-1@domain-1"),
            (r"NT AUTHORITY\SYSTEM", r"NT AUTHORITY\SYSTEM"),
        ] {
            let mut names = Names::default();
            names.user(user);
            let mut pseudonyms = Pseudonyms::new(&names);
            assert_eq!(pseudonyms.text(&format!("a {user}")), format!("a {stands}"));
        }
    }

    #[test]
    fn the_longest_name_is_meant_and_a_text_that_is_too_long_for_one_is_none() {
        let mut names = Names::default();
        for name in ["web", "web 1", "web 10"] {
            names.learn(Kind::Vm, name);
        }
        names.learn(Kind::Vm, &"long ".repeat(200));
        let mut pseudonyms = Pseudonyms::new(&names);
        let text = format!("web 1, web 10-1, web 100, {}", "long ".repeat(200));
        let stands = format!("vm-2, vm-3-1, vm-1 100, {}", "long ".repeat(200));
        assert_eq!(pseudonyms.text(&text), stands);
    }
}
