using Mano.Mepm.Images;
using Mano.Mepm.Instances;
using Mano.Testing;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Tests.Units;

/// <summary>Which format a VIM is told of a disk, and that its content is of it.</summary>
public sealed class Image_kinds
{
    private const string Digest = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("disk", "RAW", ImageFormat.Raw)]
    [InlineData("disk.raw", "QCOW2", ImageFormat.Qcow2)]
    [InlineData("disk.raw", "", ImageFormat.Raw)]
    [InlineData("disk", "", ImageFormat.Qcow2)]
    public void The_declared_format_counts_and_the_name_only_where_none_is_declared(string name, string declared, ImageFormat format) =>
        Assert.Equal(format, ImageKinds.Reference([Disk(name, declared)]).Value.Format);

    [Fact]
    public void A_format_that_no_VIM_takes_is_refused_with_what_to_do()
    {
        var refused = ImageKinds.Reference([Disk("disk", "VMDK")]).Failure!;

        Assert.Equal("IMAGE_FORMAT_UNKNOWN", refused.Reason);
        Assert.Contains("'VMDK'; VIMs here take QCOW2 and RAW. Convert it (qemu-img convert)", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageFormat.Qcow2, "QFI\u00fb and more", null)]
    [InlineData(ImageFormat.Raw, "a disk", null)]
    [InlineData(ImageFormat.Raw, "", null)]
    [InlineData(ImageFormat.Executable, "QFI\u00fb", null)]
    [InlineData(ImageFormat.Qcow2, "a disk", "said to be QCOW2, and its file does not begin as one")]
    [InlineData(ImageFormat.Qcow2, "QFI", "said to be QCOW2, and its file does not begin as one")]
    [InlineData(ImageFormat.Raw, "QFI\u00fb", "said to be RAW, and its file begins as a QCOW2 does")]
    public void Content_that_begins_otherwise_is_refused(ImageFormat format, string content, string? sentence)
    {
        using var folder = new TempFolder();
        var path = folder.File("disk");
        File.WriteAllText(path, content, System.Text.Encoding.Latin1);

        var refused = DiskContent.Refuse(new("sha256:" + Digest, format, "disk"), path);

        Assert.Equal(sentence is null, refused is null);
        Assert.Contains(sentence ?? "", refused?.Message ?? "", StringComparison.Ordinal);
    }

    private static RequiredImage Disk(string name, string format) => new("disk", name, "1.0", "vm", Digest, 1, "", format);
}
