//! Resource URIs, selectors and references.

use hyperv_replica::{
    soap::{self, ADDRESSING, ANONYMOUS},
    wsman::{Error, Resource, ResourceUri, Selector, SelectorSet, WSMAN},
    xml::{Element, Limits, Name},
};

use crate::wire::V2;

use super::{NAMESPACE, vm};

#[test]
fn selectors_are_read_and_written_with_references_and_without_duplicates() {
    let mut selectors =
        SelectorSet::new().with("InstanceID", r"Microsoft:A\B <&> ").with("Empty", "");
    selectors.insert("Antecedent", Selector::Reference(vm()));
    let element = selectors.to_element();
    let document = element.to_xml().unwrap();
    let read = Element::parse(document.as_bytes(), Limits::default()).unwrap();
    assert_eq!(SelectorSet::from_element(&read), Ok(selectors.clone()));
    assert_eq!(selectors.find("instanceid"), Some(r"Microsoft:A\B <&> "));
    assert_eq!(selectors.find("Antecedent"), None);
    assert_eq!(selectors.clone().with("EMPTY", "1").iter().count(), 3);

    let selector = |name: &str| {
        Element::new(WSMAN, "Selector").attribute(Name::local_only("Name"), name).text("x")
    };
    let set = |children: Vec<Element>| {
        SelectorSet::from_element(&Element::new(WSMAN, "SelectorSet").children(children))
    };
    assert!(matches!(set(vec![selector("Name"), selector("NAME")]), Err(Error::Value { .. })));
    assert!(matches!(set(vec![Element::new(WSMAN, "Selector")]), Err(Error::Missing(_))));
    assert!(matches!(set(vec![Element::new("urn:x", "Selector")]), Err(Error::Unexpected(_))));
    // As many as a document may hold are no reason to wait.
    let many = set((0..100_000).map(|n| selector(&format!("{n:06}"))).collect()).unwrap();
    assert_eq!(many.iter().count(), 100_000);
}

#[test]
fn resources_are_references_with_the_anonymous_address_and_no_wrapper() {
    let parent = vm().into_children_of(Element::new("urn:x", "Parameter"));
    assert_eq!(parent.text_of(ADDRESSING, "Address"), Some(ANONYMOUS));
    assert!(parent.find(ADDRESSING, "EndpointReference").is_none());
    assert_eq!(Resource::from_children(&parent), Ok(vm()));
    let wrapped = Element::new("urn:x", "Parameter")
        .child(vm().into_children_of(Element::new(ADDRESSING, "EndpointReference")));
    let missing = |name| Err(Error::Soap(soap::Error::Missing(name)));
    assert_eq!(Resource::from_children(&wrapped), missing("a:Address"));
    let bare =
        Element::new("urn:x", "P").child(Element::new(ADDRESSING, "Address").text(ANONYMOUS));
    assert!(matches!(Resource::from_children(&bare), Err(Error::Missing(_))));
    assert_eq!(
        vm().to_string(),
        "Msvm_ComputerSystem (CreationClassName=Msvm_ComputerSystem, Name=C4E0A6B2-53D7-4E88-9A1F-0B2C3D4E5F60)"
    );
}

#[test]
fn resource_uris_have_a_namespace_and_a_class_and_no_case() {
    let uri = ResourceUri::wmi(r"root\virtualization\v2", "Msvm_ComputerSystem");
    assert_eq!(uri.as_str(), format!("{V2}Msvm_ComputerSystem"));
    assert_eq!(uri, ResourceUri::new(uri.as_str().to_uppercase()));
    assert_eq!((uri.class(), uri.wmi_namespace()), ("Msvm_ComputerSystem", Some(NAMESPACE)));
    assert_eq!(uri.sibling("*"), ResourceUri::all_classes(NAMESPACE));
    for other in [
        "",
        "x",
        "http://schemas.microsoft.com/wbem/wsman/1/config",
        "http://schemas.microsoft.com/wbem/wsman/1/wmiä/x",
    ] {
        assert_eq!(ResourceUri::new(other).wmi_namespace(), None, "{other}");
    }
}

#[test]
fn selectors_are_compared_without_case_and_in_any_order() {
    let reference = |id: &str| {
        let mut selectors = SelectorSet::new().with("Name", id);
        selectors.insert("Of", Selector::Reference(vm()));
        selectors
    };
    let mut turned = SelectorSet::new();
    let mut lower = vm();
    lower.selectors = SelectorSet::new()
        .with("name", "c4e0a6b2-53d7-4e88-9a1f-0b2c3d4e5f60")
        .with("CREATIONCLASSNAME", "MSVM_ComputerSystem");
    turned.insert("of", Selector::Reference(lower));
    turned.insert("NAME", Selector::Text("ABC".into()));
    assert_eq!(reference("abc"), turned);
    assert_eq!(turned.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["of", "NAME"]);
    for other in [
        reference("abd"),
        SelectorSet::new().with("Name", "abc"),
        SelectorSet::new().with("Name", "abc").with("Of", "x"),
        SelectorSet::new().with("Name", "abc").with("From", "x"),
        SelectorSet::new(),
    ] {
        assert_ne!(other, turned);
    }
}

#[test]
fn the_form_of_the_dmtf_names_the_same_instance() {
    let dmtf = |namespace: &str| {
        let uri = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Msvm_ComputerSystem";
        let mut resource =
            Resource::new(ResourceUri::new(uri)).selector("__cimnamespace", namespace);
        for (name, value) in vm().selectors.iter() {
            resource.selectors.insert(name, value.clone());
        }
        resource
    };
    for namespace in [NAMESPACE, r"ROOT\virtualization\v2"] {
        let resource = dmtf(namespace);
        assert_eq!(
            (resource.namespace(), resource.class()),
            (Some(namespace), "Msvm_ComputerSystem")
        );
        assert_ne!(resource, vm());
        assert_eq!(resource.normalized(), vm());
    }
    assert_eq!((vm().namespace(), vm().normalized()), (Some(NAMESPACE), vm()));
    // Said twice it is the same, said differently it is another.
    assert_eq!(vm().selector("__CIMNamespace", NAMESPACE).normalized(), vm());
    assert_ne!(vm().selector("__cimnamespace", "root/cimv2").normalized(), vm());
    assert_ne!(dmtf("root/cimv2").normalized(), vm());
    let mut link = Resource::new(ResourceUri::wmi(NAMESPACE, "Link"));
    link.selectors.insert("Of", Selector::Reference(dmtf(NAMESPACE)));
    let of = |resource: &Resource| resource.selectors.iter().next().unwrap().1.clone();
    assert_eq!(of(&link.normalized()), Selector::Reference(vm()));
    // The default namespace is the host's to choose.
    let mut default = dmtf("");
    default.selectors = SelectorSet::new();
    assert_eq!((default.namespace(), default.normalized()), (None, default.clone()));
}
