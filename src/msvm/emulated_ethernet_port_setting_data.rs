//! `Msvm_EmulatedEthernetPortSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::NAMESPACE;
use crate::cim::typed::{Rest, class, codec};

/// Settings of an emulated network adapter, which old guests have.
///
/// On the wire: `Msvm_EmulatedEthernetPortSettingData`, derived from `CIM_EthernetPortAllocationSettingData`.
/// Since Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct EmulatedEthernetPortSettingData {
    /// Identity of the settings. Part of the key.
    pub instance_id: Option<String>,
    /// Short text about the instance, in the language of the host. At most 64 characters.
    pub caption: Option<String>,
    /// Text about the instance, in the language of the host.
    pub description: Option<String>,
    /// Name for people to read; it need not be unique.
    pub element_name: Option<String>,
    /// Type of the resource, a number of the DMTF.
    pub resource_type: Option<u16>,
    /// Type of the resource in words, where `ResourceType` is 1.
    pub other_resource_type: Option<String>,
    /// Subtype of the resource, by the names of the implementation.
    pub resource_sub_type: Option<String>,
    /// Pool that the resource comes from.
    pub pool_id: Option<String>,
    /// How the virtual system sees the resource, a number of the DMTF.
    pub consumer_visibility: Option<u16>,
    /// What of the host backs the resource.
    pub host_resource: Option<Vec<String>>,
    /// Unit in which the host gives the resource.
    pub allocation_units: Option<String>,
    /// How much the virtual system sees, in `VirtualQuantityUnits`.
    pub virtual_quantity: Option<u64>,
    /// How much it is sure to have, in `AllocationUnits`.
    pub reservation: Option<u64>,
    /// How much it can have at most, in `AllocationUnits`.
    pub limit: Option<u64>,
    /// Its share relative to others of the pool.
    pub weight: Option<u32>,
    /// Allocated when the virtual system starts.
    pub automatic_allocation: Option<bool>,
    /// Given back when the virtual system stops.
    pub automatic_deallocation: Option<bool>,
    /// Path of the settings of what holds the resource, such as a controller.
    pub parent: Option<String>,
    /// What the resource is connected to.
    pub connection: Option<Vec<String>>,
    /// Address of the resource, such as a MAC address.
    pub address: Option<String>,
    /// How the resource maps to `HostResource`, a number of the DMTF.
    pub mapping_behavior: Option<u16>,
    /// Address of the resource at what holds it.
    pub address_on_parent: Option<String>,
    /// Unit of `VirtualQuantity`. The default of the class is `count`.
    pub virtual_quantity_units: Option<String>,
    /// Wanted mode of VLANs, a number of the DMTF.
    pub desired_vlan_endpoint_mode: Option<u16>,
    /// Wanted mode of VLANs in words, where `DesiredVLANEndpointMode` is 1.
    pub other_endpoint_mode: Option<String>,
    /// Whether the MAC address is fixed. The default of the class is `true`.
    pub static_mac_address: Option<bool>,
    /// Whether the cluster watches the adapter. Since Windows Server 2012 R2. The default of the class is
    /// `true`.
    pub cluster_monitored: Option<bool>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    EmulatedEthernetPortSettingData is "Msvm_EmulatedEthernetPortSettingData" in NAMESPACE, keys ["InstanceID"];
    instance_id = codec::Plain, "InstanceID";
    caption = codec::Plain, "Caption";
    description = codec::Plain, "Description";
    element_name = codec::Plain, "ElementName";
    resource_type = codec::Plain, "ResourceType";
    other_resource_type = codec::Plain, "OtherResourceType";
    resource_sub_type = codec::Plain, "ResourceSubType";
    pool_id = codec::Plain, "PoolID";
    consumer_visibility = codec::Plain, "ConsumerVisibility";
    host_resource = codec::Array<codec::Plain>, "HostResource";
    allocation_units = codec::Plain, "AllocationUnits";
    virtual_quantity = codec::Plain, "VirtualQuantity";
    reservation = codec::Plain, "Reservation";
    limit = codec::Plain, "Limit";
    weight = codec::Plain, "Weight";
    automatic_allocation = codec::Plain, "AutomaticAllocation";
    automatic_deallocation = codec::Plain, "AutomaticDeallocation";
    parent = codec::Plain, "Parent";
    connection = codec::Array<codec::Plain>, "Connection";
    address = codec::Plain, "Address";
    mapping_behavior = codec::Plain, "MappingBehavior";
    address_on_parent = codec::Plain, "AddressOnParent";
    virtual_quantity_units = codec::Plain, "VirtualQuantityUnits";
    desired_vlan_endpoint_mode = codec::Plain, "DesiredVLANEndpointMode";
    other_endpoint_mode = codec::Plain, "OtherEndpointMode";
    static_mac_address = codec::Plain, "StaticMacAddress";
    cluster_monitored = codec::Plain, "ClusterMonitored";
}
