using Mano.Packages.Documents;
using Mano.Packages.Tosca;

namespace Mano.Packages.Csar;

/// <summary>The files of one archive, for a descriptor that imports them.</summary>
internal sealed class ArchiveFiles(SafeArchive archive, PackageLimits limits, FaultList faults) : IDescriptorFiles
{
    public byte[]? Open(string path) => archive.Has(path) ? archive.ReadSmall(path, limits.MaxDescriptorBytes, faults) : null;

    public string Label(string path) => archive.Prefix + path;
}
