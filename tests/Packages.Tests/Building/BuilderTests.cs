using System.IO.Compression;
using Mano.Testing;

namespace Mano.Packages.Tests.Building;

public sealed class BuilderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_folder_becomes_a_package_that_a_MEO_accepts_without_a_warning()
    {
        var reading = Build(WriteFolder());

        Assert.Empty(reading.Faults);
        Assert.Equal("Counter", reading.Content!.Descriptor.AppName);
        var image = Assert.Single(reading.Content.Artifacts, a => a.SwImageId == "sw_image");
        Assert.Equal(("Artifacts/bin/counter", "application/x-executable"), (image.Path, image.MediaType));
    }

    [Fact]
    public void The_same_folder_gives_the_same_bytes()
    {
        var folder = WriteFolder();
        Build(folder, "one.csar");
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        }

        Build(folder, "two.csar");

        Assert.Equal(File.ReadAllBytes(_temp.File("one.csar")), File.ReadAllBytes(_temp.File("two.csar")));
        using var zip = ZipFile.OpenRead(_temp.File("one.csar"));
        Assert.All(zip.Entries, e => Assert.Equal(1980, e.LastWriteTime.Year));
    }

    [Fact]
    public void Digest_and_size_are_put_where_the_descriptor_asks_for_them()
    {
        var folder = WriteFolder(Samples.Tosca.Replace("            container_format: bare", """
                        container_format: bare
                        size: '@size:Artifacts/bin/counter'
                        checksum: { algorithm: sha-256, hash: '@sha256:Artifacts/bin/counter' }
            """, StringComparison.Ordinal));

        var image = Build(folder).Content!.Descriptor.SwImageDescriptor[0];

        Assert.Equal(4, image.Size);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("\u007fELF"u8)), image.Checksum!.Hash);
    }

    [Fact]
    public void An_executable_stays_one_in_the_archive()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // no such thing there
        }

        var folder = WriteFolder();
        File.SetUnixFileMode(Path.Combine(folder, "Artifacts/bin/counter"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Build(folder);

        using var zip = ZipFile.OpenRead(_temp.File("app.csar"));
        Assert.Equal(0x81ED, zip.GetEntry("Artifacts/bin/counter")!.ExternalAttributes >> 16 & 0xFFFF);
        Assert.Equal(0x81A4, zip.GetEntry("app.mf")!.ExternalAttributes >> 16 & 0xFFFF);
    }

    [Theory]
    [InlineData("TOSCA-Metadata/TOSCA.meta", "names the descriptor (Entry-Definitions)")]
    [InlineData("Definitions/app.yaml", "names Definitions/app.yaml, which the folder does not have")]
    [InlineData("Artifacts/bin/counter", "the file Artifacts/bin/counter, which the package does not have")]
    public void A_folder_without_a_file_it_needs_is_refused_by_a_sentence_and_leaves_nothing(string missing, string sentence)
    {
        var folder = WriteFolder();
        File.Delete(Path.Combine(folder, missing));

        var reading = Build(folder);

        Assert.Null(reading.Content);
        Assert.Contains(reading.Errors, f => f.Message.Contains(sentence, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(_temp.FullPath));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_refused_by_a_sentence() =>
        Assert.Equal("There is no such folder.", Assert.Single(Build(_temp.File("nowhere")).Errors).Message);

    [Fact]
    public void A_release_time_is_needed_and_asked_for()
    {
        var folder = WriteFolder();
        File.Delete(Path.Combine(folder, "app.mf"));

        Assert.Contains("vnf_release_date_time", Assert.Single(Build(folder).Errors).Message, StringComparison.Ordinal);
        Assert.NotNull(PackageBuilder.Build(folder, _temp.File("app.csar"), new() { ReleaseTime = DateTimeOffset.UnixEpoch }).Content);
    }

    [Fact]
    public void A_link_in_the_folder_is_refused()
    {
        var folder = WriteFolder();
        File.CreateSymbolicLink(Path.Combine(folder, "passwd"), "/etc/passwd");

        Assert.Equal("link", Assert.Single(Build(folder).Errors).Rule);
    }

    [Theory]
    [InlineData("hello-edge", true, "hello.edge.example", 8080)]
    [InlineData("quiet-echo", false, "echo.edge.example", 7007)]
    public void Each_sample_is_a_package_without_a_warning(string sample, bool supportsMp1, string name, int port)
    {
        var reading = Build(Path.Combine(Repository.Folder, "samples", sample, "package"));

        Assert.Empty(reading.Faults);
        var app = reading.Content!.Descriptor;
        Assert.Equal((sample, supportsMp1, name), (app.AppName, app.AppSupportMp1, app.AppDNSRule[0].DomainName));
        Assert.Equal(port, Assert.Single(app.AppExtCpd.SelectMany(c => c.Ports)).Port);
        Assert.Equal(AppD.TrafficAction.ForwardDecapsulated, app.AppTrafficRule[0].Action);
        Assert.Equal(TimeSpan.FromMilliseconds(20), app.AppLatency!.Max);
        Assert.Single(reading.Content.Artifacts, a => a.SwImageId is not null && a.MediaType == "application/x-executable");
    }

    [Fact]
    public void The_roadside_sample_has_a_traffic_rule_of_each_kind_that_a_gateway_in_the_kernel_enforces()
    {
        var reading = Build(Path.Combine(Repository.Folder, "samples", "roadside", "package"));

        Assert.Empty(reading.Faults);
        var app = reading.Content!.Descriptor;
        Assert.Equal(
            [AppD.TrafficAction.ForwardDecapsulated, AppD.TrafficAction.ForwardDecapsulated, AppD.TrafficAction.Drop, AppD.TrafficAction.DuplicateDecapsulated],
            app.AppTrafficRule.Select(r => r.Action));
        Assert.Equal([8080, 7000], app.AppExtCpd.SelectMany(c => c.Ports).Select(p => p.Port));
    }

    private PackageReading Build(string folder, string output = "app.csar") => PackageBuilder.Build(folder, _temp.File(output));

    private string WriteFolder(string? descriptor = null)
    {
        var folder = _temp.File("folder");
        Write(folder, "TOSCA-Metadata/TOSCA.meta", "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: test\nEntry-Definitions: Definitions/app.yaml\nETSI-Entry-Manifest: app.mf\n");
        Write(folder, "app.mf", "metadata:\n  vnf_release_date_time: 2026-01-01T00:00:00Z\n");
        Write(folder, "Definitions/app.yaml", descriptor ?? Samples.Tosca);
        Write(folder, "Artifacts/bin/counter", "\u007fELF");
        return folder;
    }

    private static void Write(string folder, string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
