using System.Text.Json;
using Mano.Cli.Terminal;
using Mano.Testing;

namespace Mano.Cli.Tests;

public sealed class PackageFileTests
{
    public static TheoryData<string> Samples => [.. Directory.EnumerateDirectories(Path.Combine(Repository.Folder, "samples")).Where(d => Directory.Exists(Path.Combine(d, "package"))).Select(d => Path.GetFileName(d)!)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_builds_into_a_package_that_validates(string sample)
    {
        using var folder = new TempFolder();
        var source = Path.Combine(Repository.Folder, "samples", sample, "package");
        var built = await CommandRun.Of(["package", "build", source, "-o", "out.csar"], folder.FullPath);
        Assert.True(built.Exit == ExitCode.Done, built.ToString());
        Assert.StartsWith("built: out.csar", built.Out, StringComparison.Ordinal);

        var valid = await CommandRun.Of(["package", "validate", "out.csar", "--output", "json"], folder.FullPath);
        using var document = JsonDocument.Parse(valid.Out);
        Assert.True(document.RootElement.GetProperty("accepted").GetBoolean(), valid.Out);
        Assert.Equal(sample, document.RootElement.GetProperty("appName").GetString());
    }

    [Fact]
    public async Task Without_a_name_the_package_is_called_after_the_folder_around_it()
    {
        using var folder = new TempFolder();
        var built = await CommandRun.Of(["package", "build", Path.Combine(Repository.Folder, "samples", "hello-edge", "package")], folder.FullPath);
        Assert.True(built.Exit == ExitCode.Done, built.ToString());
        Assert.True(File.Exists(folder.File("hello-edge.csar")));
    }

    [Fact]
    public async Task A_broken_folder_builds_nothing_and_every_fault_is_told_at_its_path()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("app", "Definitions"));
        File.WriteAllText(folder.File("app", "Definitions", "app.yaml"), "tosca_definitions_version: tosca_simple_yaml_1_3\ntopology_template: 5\n");
        var run = await CommandRun.Of(["package", "build", "app", "--to", "app.csar"], folder.FullPath);
        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("error", run.Err, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
        Assert.False(File.Exists(folder.File("app.csar")));
        Assert.Empty(Directory.EnumerateFiles(folder.FullPath, "*.part"));
    }

    [Fact]
    public async Task A_package_whose_content_was_changed_names_the_file_and_exits_1()
    {
        using var folder = new TempFolder();
        await CommandRun.Of(["package", "build", Path.Combine(Repository.Folder, "samples", "quiet-echo", "package"), "-o", "q.csar"], folder.FullPath);
        using (var zip = System.IO.Compression.ZipFile.Open(folder.File("q.csar"), System.IO.Compression.ZipArchiveMode.Update))
        {
            zip.GetEntry("ChangeLog.txt")!.Delete();
            using var changed = new StreamWriter(zip.CreateEntry("ChangeLog.txt").Open());
            changed.Write("something else");
        }

        var run = await CommandRun.Of(["package", "validate", "q.csar"], folder.FullPath);
        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("ChangeLog.txt", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_package_at_all_is_refused_with_its_reason()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("x.csar"), "PK\u0003\u0004 and then nothing");
        var run = await CommandRun.Of(["package", "validate", "x.csar", "--output", "json"], folder.FullPath);
        Assert.Equal(ExitCode.Failed, run.Exit);
        using var document = JsonDocument.Parse(run.Out);
        Assert.False(document.RootElement.GetProperty("accepted").GetBoolean());
        Assert.NotEqual(0, document.RootElement.GetProperty("faults").GetArrayLength());
    }

    [Fact]
    public async Task Explain_says_what_becomes_of_a_sample_and_validate_judges_signatures_as_the_MEO_will()
    {
        using var folder = new TempFolder();
        await CommandRun.Of(["package", "build", Path.Combine(Repository.Folder, "samples", "hello-edge", "package"), "-o", "h.csar"], folder.FullPath);

        var explained = await CommandRun.Of(["package", "explain", "h.csar"], folder.FullPath);
        Assert.True(explained.Exit == ExitCode.Done, explained.ToString());
        foreach (var part in new[] { "placement", "a program, started as a process", "sha256:", "traffic rules", "the instance itself", "DNS rules", "not supported" })
        {
            Assert.Contains(part, explained.Out, StringComparison.Ordinal);
        }

        using var document = JsonDocument.Parse((await CommandRun.Of(["package", "explain", "h.csar", "--output", "json"], folder.FullPath)).Out);
        Assert.NotEmpty(document.RootElement.GetProperty("sections").EnumerateArray());

        var required = await CommandRun.Of(["package", "validate", "h.csar", "--package-signatures", "require"], folder.FullPath);
        Assert.Equal(ExitCode.Failed, required.Exit);
        Assert.Contains("openssl cms -sign", required.Err, StringComparison.Ordinal);
        var nowhere = await CommandRun.Of(["package", "validate", "h.csar", "--package-trust", "gone"], folder.FullPath);
        Assert.Equal(ExitCode.Usage, nowhere.Exit);
        Assert.Contains("of trusted certificates", nowhere.Err, StringComparison.Ordinal);
    }
}
