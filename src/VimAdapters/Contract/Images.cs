namespace Mano.VimAdapters.Contract;

/// <summary>How an image is packed. Values equal those of the proto's ImageFormat.</summary>
public enum ImageFormat
{
    /// <summary>One file that the kernel can execute: an ELF binary or a script with <c>#!</c>.</summary>
    Executable = 1,

    /// <summary>A root file system as .tar or .tar.gz.</summary>
    RootFsArchive = 2,

    /// <summary>An OCI or docker image archive.</summary>
    ContainerArchive = 3,

    /// <summary>A qcow2 disk.</summary>
    Qcow2 = 4,

    /// <summary>A raw disk.</summary>
    Raw = 5,

    /// <summary>Only a name that the VIM resolves itself (<c>nginx:1.25</c>). Its content is that name in UTF-8, its digest that text's.</summary>
    NameOnly = 6,

    /// <summary>A packaged Helm chart (.tgz).</summary>
    HelmChart = 7,
}

/// <summary>Names an image in the VIM.</summary>
/// <param name="Digest"><c>sha256:</c> and 64 lower-case hexadecimal digits.</param>
/// <param name="Format">How it is packed.</param>
/// <param name="Name">What people call it, at most 255 characters; not a key.</param>
public sealed record ImageReference(string Digest, ImageFormat Format, string Name = "");

/// <summary>Where the content of an image comes from: a file on this machine, or a stream opened when needed.</summary>
public sealed record ImageSource
{
    private ImageSource(ImageReference image, long size, string? localPath, Func<CancellationToken, Task<Stream>> open) =>
        (Image, Size, LocalPath, OpenAsync) = (image, size, localPath, open);

    /// <summary>What it is.</summary>
    public ImageReference Image { get; }

    /// <summary>Bytes, 1 or more.</summary>
    public long Size { get; }

    /// <summary>The file on this machine, if it is one.</summary>
    public string? LocalPath { get; }

    /// <summary>Opens the content; called once at most, and not at all for a known digest.</summary>
    public Func<CancellationToken, Task<Stream>> OpenAsync { get; }

    /// <summary>A file on this machine. One that is missing counts as empty, which every adapter refuses.</summary>
    public static ImageSource FromFile(ImageReference image, string path)
    {
        var file = new FileInfo(path);
        return new(image, file.Exists ? file.Length : 0, path, _ => Task.FromResult<Stream>(file.OpenRead()));
    }

    /// <summary>An image of the VIM's own catalogue or registry, which needs <see cref="VimCapability.NamedImages"/>.</summary>
    /// <param name="name">As that VIM spells it: <c>nginx:1.25</c>.</param>
    public static ImageSource FromName(string name)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(name);
        var digest = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(text));
        return FromStream(new(digest, ImageFormat.NameOnly, name), text.Length, _ => Task.FromResult<Stream>(new MemoryStream(text, writable: false)));
    }

    /// <summary>A stream of <paramref name="size"/> bytes, which the adapter disposes.</summary>
    public static ImageSource FromStream(ImageReference image, long size, Func<CancellationToken, Task<Stream>> open) =>
        new(image, size, null, open);
}

/// <summary>An image that the VIM holds.</summary>
/// <param name="Image">Digest, format and name.</param>
/// <param name="Size">Bytes.</param>
public sealed record VimImage(ImageReference Image, long Size);
