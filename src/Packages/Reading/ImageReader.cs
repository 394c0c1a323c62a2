using Mano.Packages.AppD;

namespace Mano.Packages.Reading;

/// <summary>Software images and the OS containers that run them.</summary>
internal static class ImageReader
{
    /// <param name="a">Attributes of the image.</param>
    /// <param name="id">The id where the dialect has none of its own: the artifact's name.</param>
    /// <param name="file">The reference where it stands beside the properties: the artifact's file.</param>
    internal static SwImageDescriptor Read(Attributes a, string? id = null, string? file = null)
    {
        var image = new SwImageDescriptor
        {
            Id = a.Text("id", "swImageId") ?? id ?? a.Missing(["id"], ""),
            Name = a.RequiredText("name"),
            Version = a.RequiredText("version"),
            ContainerFormat = a.RequiredText("containerFormat").ToUpperInvariant(),
            SwImage = file ?? a.Reference("href", "swImage") ?? a.Missing(["swImage"], ""),
            Checksum = ReadChecksum(a),
            DiskFormat = a.Text("diskFormat")?.ToUpperInvariant(),
            MinDisk = Quantity.Gibibytes(a, "minDisk"),
            MinRam = Quantity.Mebibytes(a, "minRam"),
            Size = Quantity.SizeInBytes(a, "size"),
            OperatingSystem = a.Text("operatingSystem"),
            SupportedVirtualisationEnvironment = a.Texts("supportedVirtualisationEnvironment", "supportedVirtualisationEnvironments"),
        };
        a.Ignore("architecture", "hwScsiModel", "hwDiskBus");
        a.ReportUnknown();
        return a.Context.Sources.Remember(image, a);
    }

    internal static OsContainerDescriptor ReadContainer(Attributes a, string? id = null, string? image = null)
    {
        var container = new OsContainerDescriptor
        {
            OsContainerDescId = a.Text("osContainerDescId") ?? id ?? a.Missing(["osContainerDescId"], ""),
            Name = a.RequiredText("name"),
            Description = a.Text("description") ?? "",
            SwImageDesc = a.Reference("id", "swImageDesc", "swImageDescId") ?? image ?? a.Missing(["swImageDesc"], ""),
            RequestedCpuResources = a.Integer(0, int.MaxValue, "requestedCpuResources"),
            CpuResourceLimit = a.Integer(0, int.MaxValue, "cpuResourceLimit"),
            RequestedMemoryResources = Quantity.Mebibytes(a, "requestedMemoryResources"),
            MemoryResourceLimit = Quantity.Mebibytes(a, "memoryResourceLimit"),
            RequestedEphemeralStorageResources = Quantity.Gibibytes(a, "requestedEphemeralStorageResources"),
            EphemeralStorageResourceLimit = Quantity.Gibibytes(a, "ephemeralStorageResourceLimit"),
            ExtendedResourceRequests = a.Pairs("extendedResourceRequests"),
            HugePageResources = a.Pairs("hugePageResources"),
            CpuPinningRequirements = ComputeReader.ReadPinning(a, "cpuPinningRequirements"),
            BootData = a.Text("bootData"),
            MonitoringParameters = [.. a.Objects("monitoring parameter", "monitoringParameters").Select(ReadMonitoring)],
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(container, a);
    }

    private static MonitoringParameter ReadMonitoring(Attributes a)
    {
        var parameter = new MonitoringParameter(
            a.Text("monitoringParameterId", "id"), a.Text("name"), a.RequiredText("performanceMetric"), Quantity.WholeSeconds(a, "collectionPeriod"));
        a.ReportUnknown();
        return parameter;
    }

    private static Checksum? ReadChecksum(Attributes a)
    {
        if (a.Find("checksum") is not { } entry)
        {
            return null;
        }

        if (entry.Node is not Documents.MapNode)
        {
            a.Context.Faults.Warn("bad-value", entry.At, "A checksum is a mapping of algorithm and hash; this one says neither, so nothing is verified by it.");
            return null;
        }

        var checksum = a.Object("checksum", "checksum")!;
        var algorithm = checksum.RequiredText("algorithm");
        var hash = checksum.RequiredText("hash").ToLowerInvariant();
        checksum.ReportUnknown();
        if (Csar.Digest.Name(algorithm) is not { } known)
        {
            a.Context.Faults.Error("bad-value", checksum.PlaceOf("algorithm"), $"\"{algorithm}\" is no digest algorithm that is known here: SHA-256 or SHA-512.");
            return null;
        }

        return new(known, hash);
    }
}
