using System.Formats.Tar;
using System.IO.Compression;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.LocalProcess.Images;
using Mano.VimAdapters.Tests.Conformance;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>Packages are untrusted: what an image may be, and what it may not.</summary>
public sealed class ImageRulesTests : IAsyncLifetime
{
    private readonly LocalProcessBench bench = new();
    private readonly LocalProcessOptions limits = new() { MaxRootFsBytes = 100_000, MaxRootFsEntries = 50 };

    [Theory]
    [InlineData("plain text\n", "neither an ELF binary nor a script")]
    [InlineData("\u007fELF", "neither an ELF binary nor a script")]
    [InlineData("\u007fELF\u0002\u0001\u0001\0\0\0\0\0\0\0\0\0\u0002\0\u00f3\0", "another machine (type 243)")]
    public async Task What_the_kernel_would_not_execute_is_refused(string content, string fault)
    {
        await using var vim = bench.Open();
        var image = TestImages.Content(bench.Folder.FullPath, "x", ImageFormat.Executable, System.Text.Encoding.Latin1.GetBytes(content));
        var refusal = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(image, default));
        Assert.Equal(FailureKind.InvalidInput, refusal.Failure.Kind);
        Assert.Contains(fault, refusal.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(await vim.ListImagesAsync(default));
        Assert.Empty(Directory.GetFileSystemEntries(bench.VimFolder.Images));
    }

    [Fact]
    public async Task An_image_over_the_limit_is_refused_and_leaves_nothing()
    {
        bench.Options = bench.Options with { MaxImageBytes = 10 };
        await using var vim = bench.Open();
        var refusal = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(TestImages.RunsForever(bench.Folder), default));
        Assert.Equal(FailureKind.NoCapacity, refusal.Failure.Kind);
        Assert.Empty(Directory.GetFileSystemEntries(bench.VimFolder.Images));
    }

    public static TheoryData<string, string> BadArchives => new()
    {
        { "file ../../etc/passwd", "no '..'" },
        { "file a/../../b", "no '..'" },
        { "link up ../outside", "above the root" },
        { "link a/b/up ../../../outside", "above the root" },
        { "link etc /etc; file etc/passwd", "lies below 'etc', which is a link" },
        { "link d ../../x; file d/y", "above the root" },
        { "hard shadow /etc/shadow", "no file earlier in the archive" },
        { "hard shadow ../../etc/shadow", "no '..'" },
        { "link target /bin; hard alias target", "no file earlier in the archive" },
        { "device dev/sda", "CharacterDevice" },
        { "fifo pipe", "Fifo" },
        { "link proc /etc", "must be a folder" },
        { "link home /root", "must be a folder" },
        { "file tmp", "must be a folder" },
        { "file a; file a/b", "lies below 'a', which is a link or a file" },
        { "big a 60000; big b 60000", "more than 100000 bytes" },
        { "many 60", "more than 50 entries" },
        { "", "empty archive" },
    };

    [Theory]
    [MemberData(nameof(BadArchives))]
    public void A_root_file_system_that_reaches_out_or_too_far_is_refused(string entries, string fault)
    {
        foreach (var packed in new[] { false, true })
        {
            var path = bench.Folder.File(packed ? "x.tar.gz" : "x.tar");
            File.WriteAllBytes(path, Pack(Archive(entries), packed));
            Assert.Contains(fault, RootFsArchive.FaultOf(path, limits), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0, 0, 0 })]
    public void What_is_no_archive_is_refused(byte[] content)
    {
        var path = bench.Folder.File("x.tar");
        File.WriteAllBytes(path, [.. content, .. Enumerable.Repeat((byte)7, 2000)]);
        Assert.Contains("no tar or tar.gz that can be read to its end", RootFsArchive.FaultOf(path, limits), StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_archive_is_refused_wherever_it_ends()
    {
        var whole = Archive("folder a; big a/b 3000; link c a/b; hard d a/b");
        var path = bench.Folder.File("x.tar");
        foreach (var length in new[] { 100, 512, 1000, 2000, 3000 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.True(RootFsArchive.FaultOf(path, limits) is not null || Unpacks(path), $"truncated at {length}: neither refused nor unpacked");
        }
    }

    [Fact]
    public void A_good_archive_unpacks_with_its_links_and_without_privileged_modes()
    {
        var path = bench.Folder.File("x.tar.gz");
        File.WriteAllBytes(path, Pack(Archive("folder bin; file bin/tool; link bin/alias /bin/tool; hard bin/twin bin/tool; file deep/er/file; file bin/tool; setuid bin/su"), true));
        Assert.Null(RootFsArchive.FaultOf(path, limits));
        var folder = bench.Folder.File("out");
        Directory.CreateDirectory(folder);
        RootFsArchive.Extract(path, folder, null, limits, default);
        Assert.Equal("/bin/tool", new FileInfo(Path.Combine(folder, "bin/alias")).LinkTarget);
        Assert.Equal("x", File.ReadAllText(Path.Combine(folder, "bin/twin")));
        Assert.True(File.Exists(Path.Combine(folder, "deep/er/file")));
        Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(Path.Combine(folder, "bin/su")) & (UnixFileMode.SetUser | UnixFileMode.SetGroup));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private bool Unpacks(string path)
    {
        var folder = bench.Folder.File("trial");
        Directory.CreateDirectory(folder);
        RootFsArchive.Extract(path, folder, null, limits, default);
        return true;
    }

    private static byte[] Pack(byte[] content, bool packed)
    {
        if (!packed)
        {
            return content;
        }

        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return bytes.ToArray();
    }

    /// <summary>An archive from words: <c>file a/b; link c /a/b</c>.</summary>
    private static byte[] Archive(string entries)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var words in entries.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split(' ')))
            {
                foreach (var entry in Entries(words))
                {
                    tar.WriteEntry(entry);
                }
            }
        }

        return bytes.ToArray();
    }

    private static IEnumerable<TarEntry> Entries(string[] words) => words switch
    {
        ["folder", var name] => [new PaxTarEntry(TarEntryType.Directory, name + "/")],
        ["file", var name] => [File1(name, 1)],
        ["setuid", var name] => [With(File1(name, 1), UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.UserExecute)],
        ["big", var name, var size] => [File1(name, int.Parse(size, null))],
        ["many", var count] => Enumerable.Range(0, int.Parse(count, null)).Select(i => File1($"f{i}", 1)),
        ["link", var name, var target] => [new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target }],
        ["hard", var name, var target] => [new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target }],
        ["device", var name] => [new PaxTarEntry(TarEntryType.CharacterDevice, name) { DeviceMajor = 1, DeviceMinor = 3 }],
        ["fifo", var name] => [new PaxTarEntry(TarEntryType.Fifo, name)],
        _ => throw new ArgumentException(string.Join(' ', words)),
    };

    private static PaxTarEntry File1(string name, int size) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([.. Enumerable.Repeat((byte)'x', size)]) };

    private static PaxTarEntry With(PaxTarEntry entry, UnixFileMode mode)
    {
        entry.Mode = mode;
        return entry;
    }
}
