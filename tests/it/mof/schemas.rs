//! The schemas of `schemas/`: consistent in themselves, and right where a client depends on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hyperv_replica::cim::class::{Class, Literal, Method, Property, Qualifiers, Schema, Type};
use hyperv_replica::mof::{Document, Flavor, QualifierDeclaration, Scope, parse, schema};

/// Every file of `schemas/`, parsed.
fn documents() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mofs = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mofs = mofs.filter(|path| path.extension().is_some_and(|extension| extension == "mof"));
    mofs.map(|path| {
        parse(&fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{path:?}: {error}"))
    })
    .collect()
}

/// The qualifiers of a class and of all in it, each with its bearer and the scope that this bearer is.
fn qualifiers(class: &Class) -> Vec<(String, Scope, &Qualifiers)> {
    let kind = match () {
        () if class.qualifiers.flag("Association") == Some(true) => Scope::Association,
        () if class.qualifiers.flag("Indication") == Some(true) => Scope::Indication,
        () => Scope::Class,
    };
    let mut all = vec![(class.name.clone(), kind, &class.qualifiers)];
    for property in &class.properties {
        let kind = if matches!(property.ty, Type::Reference(_)) {
            Scope::Reference
        } else {
            Scope::Property
        };
        all.push((format!("{}.{}", class.name, property.name), kind, &property.qualifiers));
    }
    for method in &class.methods {
        all.push((format!("{}.{}", class.name, method.name), Scope::Method, &method.qualifiers));
        for parameter in &method.parameters {
            let name = format!("{}.{}({})", class.name, method.name, parameter.name);
            all.push((name, Scope::Parameter, &parameter.qualifiers));
        }
    }
    all
}

/// Whether a literal may stand for a value of this type.
fn fits(literal: &Literal, ty: &Type, array: bool) -> bool {
    match (literal, ty) {
        (Literal::Null, _) => true,
        (Literal::Array(values), _) => array && values.iter().all(|value| fits(value, ty, false)),
        _ if array => false,
        (Literal::Boolean(_), Type::Boolean) => true,
        (Literal::String(_), Type::String | Type::Datetime | Type::Char16 | Type::Reference(_)) => {
            true
        }
        (Literal::Integer(value), ty) => match ty {
            Type::UInt8 => u8::try_from(*value).is_ok(),
            Type::UInt16 => u16::try_from(*value).is_ok(),
            Type::UInt32 => u32::try_from(*value).is_ok(),
            Type::UInt64 => u64::try_from(*value).is_ok(),
            Type::SInt64 => i64::try_from(*value).is_ok(),
            _ => false,
        },
        _ => false,
    }
}

#[test]
fn every_file_is_compiled_in() {
    let written: Vec<Class> =
        documents().into_iter().flat_map(|document| document.classes).collect();
    assert_eq!(schema().classes().count(), written.len());
    for class in written {
        assert!(schema().find(&class.name).is_some(), "{}", class.name);
    }
}

#[test]
fn every_class_that_is_referred_to_exists() {
    for class in schema().classes() {
        let parameters = class.methods.iter().flat_map(|method| &method.parameters);
        let types = class
            .properties
            .iter()
            .map(|property| &property.ty)
            .chain(parameters.map(|parameter| &parameter.ty));
        for ty in types {
            if let Type::Reference(target) = ty {
                assert!(schema().find(target).is_some(), "{} refers to {target}", class.name);
            }
        }
        for (bearer, _, qualifiers) in qualifiers(class) {
            if let Some(embedded) = qualifiers.text("EmbeddedInstance") {
                assert!(schema().find(embedded).is_some(), "{bearer} embeds {embedded}");
            }
        }
    }
}

#[test]
fn an_override_names_a_member_of_a_superclass_and_keeps_its_type() {
    for class in schema().classes() {
        let superclass = class.superclass.as_deref().unwrap_or_default();
        for Property { name, ty, array, qualifiers, .. } in &class.properties {
            let inherited = schema().find_property(superclass, name);
            assert_eq!(
                qualifiers.text("Override"),
                inherited.map(|p| p.name.as_str()),
                "{}.{name}",
                class.name
            );
            match (ty, inherited.map(|inherited| (&inherited.ty, inherited.array))) {
                (_, None) => {}
                (Type::Reference(target), Some((Type::Reference(ancestor), _))) => {
                    assert!(schema().is_a(target, ancestor), "{}.{name}", class.name);
                }
                (ty, Some(inherited)) => {
                    assert_eq!((ty, *array), inherited, "{}.{name}", class.name);
                }
            }
        }
        for Method { name, parameters, qualifiers, .. } in &class.methods {
            let inherited = schema().find_method(superclass, name);
            assert_eq!(
                qualifiers.text("Override"),
                inherited.map(|m| m.name.as_str()),
                "{}.{name}",
                class.name
            );
            if let Some(inherited) = inherited {
                let order = |method: &Method| {
                    method.parameters.iter().map(|p| p.name.clone()).collect::<Vec<_>>()
                };
                assert_eq!(
                    parameters.iter().map(|p| p.name.clone()).collect::<Vec<_>>(),
                    order(inherited),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn each_value_has_its_name_and_may_have_a_meaning() {
    let texts = |literal: Option<&Literal>| match literal {
        Some(Literal::Array(values)) => values.clone(),
        _ => Vec::new(),
    };
    let mut with_meanings = 0;
    for class in documents().iter().flat_map(|document| &document.classes) {
        for (bearer, _, qualifiers) in qualifiers(class) {
            let values = texts(qualifiers.find("Values"));
            assert_eq!(texts(qualifiers.find("ValueMap")).len(), values.len(), "{bearer}");
            let Some(meanings) = qualifiers.find("HvrMeanings") else { continue };
            let meanings = texts(Some(meanings));
            assert_eq!(meanings.len(), values.len(), "{bearer}");
            for meaning in meanings {
                let Literal::String(meaning) = meaning else { panic!("{bearer}: {meaning:?}") };
                assert!(is_rustdoc(&meaning) && !meaning.ends_with('.'), "{bearer}: {meaning}");
                with_meanings += usize::from(!meaning.is_empty());
            }
        }
    }
    assert!(with_meanings > 150, "{with_meanings}");
}

/// Whether a text is documentation of Rust as it is: what looks like HTML or a link must be code.
fn is_rustdoc(text: &str) -> bool {
    let parts: Vec<&str> = text.split('`').collect();
    let mut words = parts.iter().step_by(2);
    parts.len() % 2 == 1 && !words.any(|words| words.contains(['<', '>', '[', ']', '_', '*', '\\']))
}

#[test]
fn every_class_with_instances_has_keys() {
    // These are only ever seen inside of strings.
    let embedded = ["Msvm_Error", "Msvm_ReplicationStatistics"];
    for class in schema().classes().filter(|class| class.qualifiers.flag("Abstract") != Some(true))
    {
        assert_eq!(
            schema().keys(&class.name).is_empty(),
            embedded.contains(&class.name.as_str()),
            "{}",
            class.name
        );
    }
}

#[test]
fn every_qualifier_is_used_as_it_is_declared() {
    let documents = documents();
    let declared = documents.iter().flat_map(|document| &document.qualifiers);
    let declared: BTreeMap<String, &QualifierDeclaration> =
        declared.map(|declaration| (declaration.name.to_ascii_lowercase(), declaration)).collect();
    for class in documents.iter().flat_map(|document| &document.classes) {
        for (bearer, kind, qualifiers) in qualifiers(class) {
            for (name, value) in qualifiers.iter() {
                let Some(QualifierDeclaration { ty, array, scopes, .. }) = declared.get(name)
                else {
                    panic!("{bearer}: {name} is not declared")
                };
                assert!(fits(value, ty, *array), "{bearer}: {name} is not a {ty:?}");
                assert!(
                    scopes.contains(&kind) || scopes.contains(&Scope::Any),
                    "{bearer}: {name} may not stand here"
                );
            }
        }
        for property in &class.properties {
            let default = property.default.as_ref().unwrap_or(&Literal::Null);
            assert!(
                fits(default, &property.ty, property.array),
                "{}.{}",
                class.name,
                property.name
            );
        }
    }
}

#[test]
fn everything_is_described_in_words_that_rustdoc_takes() {
    for class in documents().iter().flat_map(|document| &document.classes) {
        for (bearer, _, qualifiers) in qualifiers(class) {
            let text = qualifiers.text("Description").unwrap_or_default();
            assert!(!text.is_empty() && !text.ends_with('.'), "{bearer}: {text:?}");
            assert!(is_rustdoc(text), "{bearer}: {text:?}");
        }
    }
}

#[test]
fn only_a_datetime_is_an_interval_and_its_default_is_one() {
    let interval = Some("interval");
    for class in schema().classes() {
        for Property { name, ty, default, qualifiers, .. } in &class.properties {
            if let Some(sub_type) = qualifiers.text("SubType") {
                assert_eq!((ty, Some(sub_type)), (&Type::Datetime, interval), "{name}");
            }
            if let (Type::Datetime, Some(Literal::String(default))) = (ty, default) {
                assert_eq!(qualifiers.text("SubType"), interval, "{name}: {default}");
                assert_eq!(default.get(21..22), Some(":"), "{name}: {default}");
            }
        }
    }
    for (class, property, is) in [
        ("Msvm_ConcreteJob", "ElapsedTime", true),
        ("Msvm_ConcreteJob", "StartTime", false),
        ("Msvm_ReplicationSettingData", "AutoResynchronizeIntervalEnd", true),
        ("Msvm_ReplicationServiceSettingData", "MonitoringStartTime", true),
        ("Msvm_ReplicationStatistics", "StartStatisticTime", false),
    ] {
        let property = schema().find_property(class, property).unwrap();
        assert_eq!(
            property.qualifiers.text("SubType") == interval,
            is,
            "{class}.{}",
            property.name
        );
    }
}

/// The flavours in the files and the rule by which a schema inherits are two statements of one fact.
#[test]
fn a_qualifier_passes_to_a_subclass_unless_it_is_declared_restricted() {
    for QualifierDeclaration { name, flavors, .. } in
        documents().iter().flat_map(|document| &document.qualifiers)
    {
        let text = format!("class A {{ [{name}] string P; }}; class B : A {{ string P; }};");
        let schema = Schema::from_classes(parse(&text).unwrap().classes).unwrap();
        let passes = schema.find_property("B", "P").unwrap().qualifiers.find(name).is_some();
        assert_eq!(passes, !flavors.contains(&Flavor::Restricted), "{name}");
    }
}

/// The parameters of a method: name, type, array, in, out.
fn parameters<'a>(class: &str, method: &str) -> Vec<(&'a str, &'a Type, bool, bool, bool)> {
    let method = schema().find_method(class, method).unwrap();
    method
        .parameters
        .iter()
        .map(|p| (p.name.as_str(), &p.ty, p.array, p.is_in(), p.is_out()))
        .collect()
}

fn reference(class: &str) -> Type {
    Type::Reference(class.to_owned())
}

#[test]
fn resynchronize_takes_a_vm_and_a_time_and_gives_a_job() {
    let (vm, job) = (reference("CIM_ComputerSystem"), reference("CIM_ConcreteJob"));
    assert_eq!(
        parameters("Msvm_ReplicationService", "Resynchronize"),
        [
            ("ComputerSystem", &vm, false, true, false),
            ("StartTime", &Type::Datetime, false, true, false),
            ("Job", &job, false, false, true),
        ]
    );
    let method = schema().find_method("Msvm_ReplicationService", "Resynchronize").unwrap();
    assert_eq!(method.returns, Type::UInt32);
    assert_eq!(
        method.parameters.iter().map(|p| p.is_required()).collect::<Vec<_>>(),
        [true, false, false]
    );
    for (value, name) in [
        (0, "OK"),
        (4096, "JobStarted"),
        (32768, "Failed"),
        (32775, "InvalidState"),
        (32779, "FileNotFound"),
    ] {
        assert_eq!(method.qualifiers.value_name(value), Some(name));
    }
    assert_eq!(method.qualifiers.value_name(32780), None);
}

#[test]
fn an_output_may_stand_between_inputs() {
    let (relationship, job) = (Type::String, reference("CIM_ConcreteJob"));
    assert_eq!(
        parameters("Msvm_ComputerSystem", "RequestReplicationStateChangeEx"),
        [
            ("ReplicationRelationship", &relationship, false, true, false),
            ("RequestedState", &Type::UInt16, false, true, false),
            ("Job", &job, false, false, true),
            ("TimeoutPeriod", &Type::Datetime, false, true, false),
        ]
    );
}

#[test]
fn the_service_has_all_its_methods() {
    assert_eq!(schema().find("Msvm_ReplicationService").unwrap().methods.len(), 29);
}

#[test]
fn embedded_instances_name_their_class() {
    let statistics =
        schema().find_method("Msvm_ReplicationService", "GetReplicationStatisticsEx").unwrap();
    let embedded: Vec<_> =
        statistics.parameters.iter().map(|parameter| parameter.embedded_class()).collect();
    let classes =
        ["Msvm_ReplicationRelationship", "Msvm_ReplicationStatistics", "Msvm_Error"].map(Some);
    assert_eq!(embedded, [&[None][..], &classes, &[None]].concat());
    assert_eq!(
        schema().find_property("Msvm_ComputerSystem", "Name").unwrap().embedded_class(),
        None
    );
}

#[test]
fn keys_are_those_that_a_host_selects_by() {
    let keys = [
        ("Msvm_ComputerSystem", &["CreationClassName", "Name"][..]),
        (
            "Msvm_ReplicationService",
            &["CreationClassName", "Name", "SystemCreationClassName", "SystemName"],
        ),
        ("Msvm_ReplicationRelationship", &["InstanceID"]),
        ("Msvm_ReplicationSettingData", &["InstanceID"]),
        ("Msvm_ConcreteJob", &["InstanceID"]),
        ("Msvm_StorageJob", &["InstanceID"]),
        ("Msvm_AffectedJobElement", &["AffectedElement", "AffectingElement"]),
        ("Msvm_SystemReplicationRelationship", &["Antecedent", "Dependent"]),
    ];
    for (class, expected) in keys {
        assert_eq!(schema().keys(class), expected, "{class}");
    }
}

#[test]
fn every_job_is_a_concrete_job_of_cim_and_none_of_hyper_v() {
    let jobs =
        ["Msvm_ConcreteJob", "Msvm_CopyFileToGuestJob", "Msvm_MigrationJob", "Msvm_StorageJob"];
    for job in jobs {
        assert!(schema().is_a(job, "CIM_ConcreteJob"), "{job}");
        assert_eq!(schema().is_a(job, "Msvm_ConcreteJob"), job == "Msvm_ConcreteJob");
        let state = schema().find_property(job, "JobState").unwrap();
        assert_eq!(state.ty, Type::UInt16);
        for (value, name) in [
            (4, "Running"),
            (7, "Completed"),
            (10, "Exception"),
            (20, "DmtfReserved"),
            (32768, "CompletedWithWarnings"),
        ] {
            assert_eq!(state.qualifiers.value_name(value), Some(name));
        }
        assert_eq!(
            schema().find_method(job, "GetError").unwrap().parameters[0].embedded_class(),
            Some("Msvm_Error")
        );
        assert_eq!(schema().find_method(job, "RequestStateChange").unwrap().parameters.len(), 2);
        assert!(schema().find_method(job, "GetErrorEx").unwrap().parameters[0].array);
    }
    let types = |class| &schema().find_property(class, "JobType").unwrap().qualifiers;
    assert_eq!(types("Msvm_ConcreteJob").value_name(107), Some("Resynchronizing"));
    assert_eq!(types("Msvm_StorageJob").value_name(1), Some("CreateVhd"));
}

#[test]
fn associations_are_told_from_classes() {
    for class in ["Msvm_AffectedJobElement", "Msvm_SystemReplicationRelationship", "CIM_Dependency"]
    {
        assert!(schema().is_association(class), "{class}");
    }
    assert!(!schema().is_association("Msvm_ComputerSystem"));
    assert_eq!(
        schema().find_property("Msvm_AffectedJobElement", "AffectedElement").unwrap().ty,
        reference("CIM_ManagedElement")
    );
}

#[test]
fn inherited_properties_have_their_types() {
    let properties = [
        ("Msvm_ComputerSystem", "ElementName", Type::String, false),
        ("Msvm_ComputerSystem", "EnabledState", Type::UInt16, false),
        ("Msvm_ComputerSystem", "OperationalStatus", Type::UInt16, true),
        ("Msvm_ComputerSystem", "InstallDate", Type::Datetime, false),
        ("Msvm_ConcreteJob", "PercentComplete", Type::UInt16, false),
        ("Msvm_ConcreteJob", "ElapsedTime", Type::Datetime, false),
        ("Msvm_ConcreteJob", "RunDay", Type::SInt8, false),
        ("Msvm_ConcreteJob", "Priority", Type::UInt32, false),
        ("Msvm_ReplicationRelationship", "ReplicationState", Type::UInt16, false),
        ("Msvm_ReplicationStatistics", "ReplicationSize", Type::UInt64, false),
    ];
    for (class, name, ty, array) in properties {
        let property = schema().find_property(class, name).unwrap();
        assert_eq!((&property.ty, property.array), (&ty, array), "{class}.{name}");
    }
    let mode =
        &schema().find_property("Msvm_ComputerSystem", "ReplicationMode").unwrap().qualifiers;
    assert_eq!(mode.value_name(2), Some("Replica"));
}

/// What a Windows 11 host of the year 2026 shows of these classes.
#[test]
fn the_schema_has_every_property_that_a_recent_host_shows() {
    let vm = "Caption CommunicationStatus CreationClassName Description DetailedStatus ElementName EnabledDefault \
        EnabledState EnhancedSessionModeState FailedOverReplicationType HealthState HwThreadsPerCoreRealized InstallDate \
        InstanceID LastApplicationConsistentReplicationTime LastReplicationTime LastReplicationType \
        LastSuccessfulBackupTime ManagementVtlImageFileName ManagementVtlImageVersion Name NameFormat NumberOfNumaNodes \
        OnTimeInMilliseconds OperatingStatus OperationalStatus OtherEnabledState PrimaryOwnerContact PrimaryOwnerName \
        PrimaryStatus ProcessID ReplicationHealth ReplicationMode ReplicationState RequestedState ResetCapability Status \
        StatusDescriptions TimeOfLastConfigurationChange TimeOfLastStateChange TransitioningToState";
    let job = "Cancellable Caption Child CommunicationStatus DeleteOnCompletion Description DetailedStatus ElapsedTime \
        ElementName ErrorCode ErrorDescription ErrorSummaryDescription HealthState InstallDate InstanceID \
        JobCompletionStatusCode JobRunTimes JobState JobStatus JobType LocalOrUtcTime Name Notify OperatingStatus \
        OperationalStatus OtherRecoveryAction Owner Parent PercentComplete PrimaryStatus Priority RecoveryAction RunDay \
        RunDayOfWeek RunMonth RunStartInterval ScheduledStartTime StartTime Status StatusDescriptions TimeBeforeRemoval \
        TimeOfLastStateChange TimeSubmitted UntilTime";
    let effect = "AffectedElement AffectingElement ElementEffects";
    for (class, shown) in
        [("Msvm_ComputerSystem", vm), ("Msvm_StorageJob", job), ("Msvm_AffectedJobElement", effect)]
    {
        for name in shown.split_whitespace() {
            assert!(schema().find_property(class, name).is_some(), "{class}.{name}");
        }
    }
}

#[test]
fn a_shutdown_component_hangs_on_its_vm_and_shuts_down_with_a_reason() {
    assert_eq!(
        schema().keys("Msvm_ShutdownComponent"),
        ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"]
    );
    for method in ["InitiateShutdown", "InitiateReboot"] {
        assert_eq!(
            parameters("Msvm_ShutdownComponent", method),
            [
                ("Force", &Type::Boolean, false, true, false),
                ("Reason", &Type::String, false, true, false),
            ]
        );
        let method = schema().find_method("Msvm_ShutdownComponent", method).unwrap();
        assert_eq!(method.qualifiers.value_name(32781), Some("MachineLocked"));
    }
    let device = schema().find_property("Msvm_SystemDevice", "PartComponent").unwrap();
    assert_eq!(device.ty, reference("CIM_LogicalDevice"));
    assert!(schema().is_a("Msvm_ShutdownComponent", "CIM_LogicalDevice"));
}

#[test]
fn a_summary_is_asked_for_by_number_and_has_a_property_for_each() {
    let settings = reference("CIM_VirtualSystemSettingData");
    assert_eq!(
        parameters("Msvm_VirtualSystemManagementService", "GetSummaryInformation"),
        [
            ("SettingData", &settings, true, true, false),
            ("RequestedInformation", &Type::UInt32, true, true, false),
            ("SummaryInformation", &Type::String, true, false, true),
        ]
    );
    let method = schema()
        .find_method("Msvm_VirtualSystemManagementService", "GetSummaryInformation")
        .unwrap();
    let [_, requested, summary] = &*method.parameters else { panic!("{method:?}") };
    for value in (0..=11).chain(100..=123).chain(132..=133) {
        let name = requested.qualifiers.value_name(value).unwrap();
        let name = if name.ends_with("ThumbnailImage") { "ThumbnailImage" } else { name };
        assert!(schema().find_property("Msvm_SummaryInformation", name).is_some(), "{name}");
    }
    for (value, name) in
        [(116, "ReplicationHealth"), (117, "TestReplicaSystem"), (118, "ReplicationStateEx")]
    {
        assert_eq!(requested.qualifiers.value_name(value), Some(name));
    }
    assert!(schema().is_a("Msvm_SummaryInformation", summary.embedded_class().unwrap()));
}
