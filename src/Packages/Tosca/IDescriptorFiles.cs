namespace Mano.Packages.Tosca;

/// <summary>The files a descriptor may import: those beside it, in the archive or folder it came from.</summary>
internal interface IDescriptorFiles
{
    /// <summary>The content, or null when there is no such file. Path with forward slashes, from the top.</summary>
    byte[]? Open(string path);

    /// <summary>How faults name the file.</summary>
    string Label(string path);
}

/// <summary>A descriptor that came alone.</summary>
internal sealed class NoFiles : IDescriptorFiles
{
    public byte[]? Open(string path) => null;

    public string Label(string path) => path;
}
