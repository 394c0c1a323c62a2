using Mano.Packages.AppD;

namespace Mano.Packages.Reading;

/// <summary>Storage beside the compute's own disk.</summary>
internal static class StorageReader
{
    internal static VirtualStorageDescriptor Read(Attributes a)
    {
        var id = a.RequiredText("id", "virtualStorageDescId");
        var type = Words.StorageType.Read(a, "typeOfStorage") ?? StorageType.Block;
        var block = a.Object("block storage", "blockStorageData", "virtualBlockStorageData");
        var objects = a.Object("object storage", "objectStorageData", "virtualObjectStorageData");
        var file = a.Object("file storage", "fileStorageData", "virtualFileStorageData");
        var storage = new VirtualStorageDescriptor
        {
            Id = id,
            TypeOfStorage = type,
            BlockStorageData = block is null ? null : ComputeReader.ReadDisk(block),
            ObjectStorageData = objects is null ? null : ReadObjects(objects),
            FileStorageData = file is null ? null : ReadFile(file),
            PerVnfcInstance = a.Flag("perVnfcInstance") ?? true,
            NfviMaintenanceInfo = ReadMaintenance(a),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(storage, a);
    }

    /// <summary>A TOSCA node: its type says which kind it is, its data may stand flat (EdgeGallery).</summary>
    internal static VirtualStorageDescriptor ReadNode(Attributes properties, string id, string nodeType)
    {
        var storage = nodeType switch
        {
            "tosca.nodes.nfv.Vdu.VirtualObjectStorage" => new VirtualStorageDescriptor
            {
                Id = id, TypeOfStorage = StorageType.ObjectStore,
                ObjectStorageData = ReadObjects(properties.Object("object storage", "virtualObjectStorageData") ?? properties),
            },
            "tosca.nodes.nfv.Vdu.VirtualFileStorage" => new VirtualStorageDescriptor
            {
                Id = id, TypeOfStorage = StorageType.File,
                FileStorageData = ReadFile(properties.Object("file storage", "virtualFileStorageData") ?? properties),
            },
            _ => new VirtualStorageDescriptor
            {
                Id = id, TypeOfStorage = StorageType.Block,
                BlockStorageData = ComputeReader.ReadDisk(properties.Object("block storage", "virtualBlockStorageData") ?? properties),
            },
        };
        storage = storage with { PerVnfcInstance = properties.Flag("perVnfcInstance") ?? true, NfviMaintenanceInfo = ReadMaintenance(properties) };
        properties.Ignore("swImageData");
        properties.ReportUnknown();
        return properties.Context.Sources.Remember(storage, properties);
    }

    private static NfviMaintenanceInfo? ReadMaintenance(Attributes owner)
    {
        if (owner.Object("maintenance information", "nfviMaintenanceInfo") is not { } a)
        {
            return null;
        }

        var info = new NfviMaintenanceInfo
        {
            ImpactNotificationLeadTime = Quantity.WholeSeconds(a, "impactNotificationLeadTime"),
            IsImpactMitigationRequested = a.Flag("isImpactMitigationRequested") ?? false,
            SupportedMigrationType = [.. a.Texts("supportedMigrationType").Select(t => t.ToUpperInvariant())],
            MaxUndetectableInterruptionTime = Quantity.WholeSeconds(a, "maxUndetectableInterruptionTime"),
            MinRecoveryTimeBetweenImpacts = Quantity.WholeSeconds(a, "minRecoveryTimeBetweenImpacts"),
        };
        a.ReportUnknown();
        return info;
    }

    private static ObjectStorageData ReadObjects(Attributes a)
    {
        var data = new ObjectStorageData(Quantity.Gibibytes(a, "maxSizeOfStorage"));
        a.ReportUnknown();
        return data;
    }

    private static FileStorageData ReadFile(Attributes a)
    {
        var data = new FileStorageData(
            Quantity.Gibibytes(a, "sizeOfStorage") ?? (a.Has("sizeOfStorage") ? 0 : a.Missing(["sizeOfStorage"], 0)),
            a.RequiredText("fileSystemProtocol"), a.Reference("virtualLinkDescId", "intVirtualLinkDesc"));
        a.ReportUnknown();
        return data;
    }
}
