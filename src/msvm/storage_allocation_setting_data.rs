//! `Msvm_StorageAllocationSettingData`.

// Generated from schemas/ by tests/codegen, which says how to make it anew: do not edit.

use super::{NAMESPACE, values};
use crate::cim::typed::{Bytes, Rest, class, codec};

/// Settings of a virtual disk, or of another storage; `HostResource` has the path of its file.
///
/// On the wire: `Msvm_StorageAllocationSettingData`, derived from `CIM_StorageAllocationSettingData`. Since
/// Windows Server 2012.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct StorageAllocationSettingData {
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
    /// Number of blocks that the virtual system sees.
    pub virtual_quantity: Option<u64>,
    /// Number of the host's blocks that it is sure to have.
    pub reservation: Option<u64>,
    /// Number of the host's blocks that it can have at most.
    pub limit: Option<u64>,
    /// Its share relative to others, 1 to 10000. Since Windows Server 2012 R2.
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
    /// Unit of `VirtualQuantity`, blocks or bytes. The default of the class is `count(fixed size block)`.
    pub virtual_quantity_units: Option<String>,
    /// Size of the blocks that the virtual system sees; 1 is not known or none.
    pub virtual_resource_block_size: Option<Bytes>,
    /// What the virtual system may do with it.
    pub access: Option<values::Access>,
    /// Size of the blocks on the host; 1 is not known or none.
    pub host_resource_block_size: Option<Bytes>,
    /// Address at which it starts in the host's storage; null where it is not mapped as one.
    pub host_extent_starting_address: Option<u64>,
    /// Identity of the host's storage.
    pub host_extent_name: Option<String>,
    /// Form of `HostExtentName`.
    pub host_extent_name_format: Option<values::HostExtentNameFormat>,
    /// Form of `HostExtentName` in words, where `HostExtentNameFormat` is 1.
    pub other_host_extent_name_format: Option<String>,
    /// Where `HostExtentName` comes from.
    pub host_extent_name_namespace: Option<values::HostExtentNameNamespace>,
    /// Where `HostExtentName` comes from in words, where `HostExtentNameNamespace` is 1.
    pub other_host_extent_name_namespace: Option<String>,
    /// Most I/O operations per second, in steps of 8 `KiB`; 0 is no limit. Since Windows Server 2012 R2.
    pub iops_limit: Option<u64>,
    /// Fewest I/O operations per second to be had, in steps of 8 `KiB`; at most `IOPSLimit`. Since Windows
    /// Server 2012 R2.
    pub iops_reservation: Option<u64>,
    /// Unit of `IOPSLimit` and `IOPSReservation`. Since Windows Server 2012 R2.
    pub iops_allocation_units: Option<String>,
    /// Whether persistent reservations of SCSI are supported, for a disk that several share. Since Windows
    /// Server 2012 R2.
    pub persistent_reservations_supported: Option<bool>,
    /// Identity of the policy for the quality of storage. Since Windows 10.
    pub storage_qo_s_policy_id: Option<String>,
    /// GUID of the snapshot in a VHD set that is attached. Since Windows 10.
    pub snapshot_id: Option<String>,
    /// How the host caches the file; for the system's own use. Since Windows 10.
    pub caching_mode: Option<values::CachingMode>,
    /// Ignore that the guest asks to flush or to write through. Since Windows 10.
    pub ignore_flushes: Option<bool>,
    /// How writes are made to last. Since Windows Server 2016.
    pub write_hardening_method: Option<values::WriteHardeningMethod>,
    /// What the host said besides.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub rest: Rest,
}

class! {
    StorageAllocationSettingData is "Msvm_StorageAllocationSettingData" in NAMESPACE, keys ["InstanceID"];
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
    virtual_resource_block_size = codec::Octets, "VirtualResourceBlockSize";
    access = codec::Number<u16>, "Access";
    host_resource_block_size = codec::Octets, "HostResourceBlockSize";
    host_extent_starting_address = codec::Plain, "HostExtentStartingAddress";
    host_extent_name = codec::Plain, "HostExtentName";
    host_extent_name_format = codec::Number<u16>, "HostExtentNameFormat";
    other_host_extent_name_format = codec::Plain, "OtherHostExtentNameFormat";
    host_extent_name_namespace = codec::Number<u16>, "HostExtentNameNamespace";
    other_host_extent_name_namespace = codec::Plain, "OtherHostExtentNameNamespace";
    iops_limit = codec::Plain, "IOPSLimit";
    iops_reservation = codec::Plain, "IOPSReservation";
    iops_allocation_units = codec::Plain, "IOPSAllocationUnits";
    persistent_reservations_supported = codec::Plain, "PersistentReservationsSupported";
    storage_qo_s_policy_id = codec::Plain, "StorageQoSPolicyID";
    snapshot_id = codec::Plain, "SnapshotId";
    caching_mode = codec::Number<u16>, "CachingMode";
    ignore_flushes = codec::Plain, "IgnoreFlushes";
    write_hardening_method = codec::Number<u16>, "WriteHardeningMethod";
}
