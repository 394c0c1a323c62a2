using System.Text;
using Mano.Testing;
using Mano.Testing.Containers;
using Mano.VimAdapters.LocalContainers.Images;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>Archives are untrusted, and their authors meet a sentence that says what is wrong. No engine is needed here.</summary>
public sealed class ImageLayoutTests
{
    private static readonly byte[] Config = """{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"""u8.ToArray();

    [Fact]
    public async Task A_docker_archive_names_its_config_and_layers()
    {
        var image = await FindAsync(("./manifest.json", Text("""[{"Config":"c.json","RepoTags":["a:b"],"Layers":["l.tar"]}]""")), ("c.json", Config), ("l.tar", Text("x")));

        Assert.Equal("c.json", image.Config);
        Assert.Equal(["l.tar"], image.Layers);
        Assert.StartsWith("sha256:", image.EngineId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_OCI_layout_is_followed_through_nested_indexes_to_the_platform_of_the_engine()
    {
        var image = await FindAsync(
            ("index.json", Text("""{"manifests":[{"digest":"sha256:inner"}]}""")),
            ("blobs/sha256/inner", Text("""
                {"manifests":[{"digest":"sha256:arm","platform":{"os":"linux","architecture":"arm64"}},
                 {"digest":"sha256:amd","platform":{"os":"linux","architecture":"amd64"}},{"digest":"sha256:att","platform":{"os":"unknown","architecture":"unknown"}}]}
                """)),
            ("blobs/sha256/amd", Text("""{"config":{"digest":"sha256:cfg"},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:l1"}]}""")),
            ("blobs/sha256/cfg", Config), ("blobs/sha256/l1", Text("x")));

        Assert.Equal("blobs/sha256/cfg", image.Config);
        Assert.Equal(["blobs/sha256/l1"], image.Layers);
    }

    [Theory]
    [InlineData("manifest.json", """[]""", "0 images")]
    [InlineData("manifest.json", """[{"Config":"c.json","Layers":[]},{"Config":"c.json","Layers":[]}]""", "2 images")]
    [InlineData("manifest.json", """[{"Config":"c.json","Layers":["gone.tar"]}]""", "gone.tar")]
    [InlineData("manifest.json", """[{"Config":"other.json","Layers":[]}]""", "other.json")]
    [InlineData("manifest.json", """[{"Layers":[]}]""", "manifest is not")]
    [InlineData("manifest.json", """{"a":1}""", "manifest is not")]
    [InlineData("manifest.json", """[{""", "cannot be read")]
    [InlineData("manifest.json", "no json", "no JSON document")]
    [InlineData("index.json", """{"manifests":[]}""", "no image for linux/amd64")]
    [InlineData("index.json", """{"manifests":[{"digest":"md5:1"}]}""", "sha256")]
    [InlineData("index.json", """{"manifests":[{"digest":"sha256:loop"}]}""", "over and over")]
    [InlineData("index.json", """{"manifests":[{"digest":"sha256:zst"}]}""", "zstd")]
    [InlineData("other.json", "{}", "neither manifest.json")]
    public async Task An_archive_that_is_no_image_is_refused_with_the_reason(string file, string text, string reason)
    {
        var refused = await Assert.ThrowsAsync<ArchiveRefusedException>(() => FindAsync(
            (file, Text(text)), ("c.json", Config),
            ("blobs/sha256/loop", Text("""{"manifests":[{"digest":"sha256:loop"}]}""")),
            ("blobs/sha256/zst", Text("""{"config":{"digest":"sha256:c"},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+zstd","digest":"sha256:l"}]}"""))));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_for_another_architecture_is_refused_naming_both()
    {
        var refused = await Assert.ThrowsAsync<ArchiveRefusedException>(() => FindAsync(
            ("manifest.json", Text("""[{"Config":"c.json","Layers":[]}]""")), ("c.json", Text("""{"architecture":"s390x","os":"linux"}"""))));

        Assert.Contains("linux/s390x", refused.Message, StringComparison.Ordinal);
        Assert.Contains("linux/amd64", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_tar_is_refused()
    {
        using var noise = new MemoryStream(Encoding.UTF8.GetBytes(new string('x', 4096)));
        await Assert.ThrowsAsync<ArchiveRefusedException>(async () => ContainerImage.Find(await ArchiveContents.ReadAsync(noise, default), "amd64"));
    }

    [Fact]
    public async Task The_engine_is_given_our_tag_and_never_the_authors()
    {
        using var archive = new MemoryStream(ContainerArchives.Tar(
            ("manifest.json", Text("""[{"Config":"c.json","RepoTags":["nginx:latest"],"Layers":["l.tar"]}]""")), ("repositories", Text("""{"nginx":{"latest":"x"}}""")),
            ("index.json", Text("{}")), ("c.json", Config), ("l.tar", Text("layer"))));
        var image = ContainerImage.Find(await ArchiveContents.ReadAsync(archive, default), "amd64");
        archive.Position = 0;
        using var content = new RetaggedArchive(archive, image, "localhost/mano-x:tag");
        using var given = new MemoryStream(await content.ReadAsByteArrayAsync());
        var contents = await ArchiveContents.ReadAsync(given, default);

        Assert.Equal("""[{"Config":"c.json","RepoTags":["localhost/mano-x:tag"],"Layers":["l.tar"]}]""", Encoding.UTF8.GetString(contents.Document("manifest.json")!));
        Assert.False(contents.Has("repositories") || contents.Has("index.json"));
        Assert.True(contents.Has("l.tar"));
    }

    private static async Task<ContainerImage> FindAsync(params (string Name, byte[] Content)[] files)
    {
        using var archive = new MemoryStream(ContainerArchives.Tar(files));
        return ContainerImage.Find(await ArchiveContents.ReadAsync(archive, default), "amd64");
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
