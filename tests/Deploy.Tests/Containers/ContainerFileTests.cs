using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Deploy.Tests.Containers;

/// <summary>What of a container file can be checked without a registry to build it from.</summary>
public sealed partial class ContainerFileTests
{
    private static readonly string[] Instructions = ["ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "LABEL", "VOLUME", "USER", "EXPOSE", "ENTRYPOINT", "CMD"];

    public static TheoryData<string> Names => [.. ContainerFile.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_line_is_an_instruction_and_every_base_image_has_a_version(string name)
    {
        var file = ContainerFile.Read(name);
        Assert.All(file.Lines, l => Assert.Contains(l.Instruction, Instructions));
        var bases = file.Lines.Where(l => l.Instruction == "ARG" && l.Text.StartsWith("DOTNET_", StringComparison.Ordinal)).Select(l => l.Text.Split('=')[1]).ToArray();
        Assert.Equal(2, bases.Length);
        Assert.All(bases, b => Assert.Matches(@"^mcr\.microsoft\.com/dotnet/(sdk:10\.0\.\d{3}|aspnet:10\.0\.\d+)-noble(-chiseled)?$", b));
        Assert.Equal(["--platform=$BUILDPLATFORM ${DOTNET_SDK} AS build", "${DOTNET_ASPNET}"], file.Lines.Where(l => l.Instruction == "FROM").Select(l => l.Text));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Everything_that_is_copied_exists_and_reaches_the_builder(string name)
    {
        var sources = ContainerFile.Read(name).Lines.Where(l => l.Instruction == "COPY" && !l.Text.StartsWith("--from", StringComparison.Ordinal))
            .SelectMany(l => l.Text.Split(' ')[..^1]).ToArray();
        var sent = File.ReadAllLines(Path.Combine(Repository.Folder, ".dockerignore")).Where(l => l.StartsWith('!')).Select(l => l[1..]).ToArray();
        Assert.All(sources, s => Assert.True(Path.Exists(Path.Combine(Repository.Folder, s)), $"{s} does not exist"));
        Assert.Equal(sources.Order(StringComparer.Ordinal), sent.Order(StringComparer.Ordinal));
        // What the projects import from outside their own folders is among it.
        var imported = Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(p => Above().Matches(File.ReadAllText(p)).Select(m => m.Groups[1].Value)).Distinct();
        Assert.All(imported, i => Assert.Contains(i, sources));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_runs_as_a_numbered_user_writes_to_one_volume_and_is_labelled(string name)
    {
        var file = ContainerFile.Read(name);
        Assert.Equal("1654:1654", file.The("USER"));
        Assert.Equal(name == "mano" ? [] : ["/data"], file.Final.Where(l => l.Instruction == "VOLUME").Select(l => l.Text));
        Assert.Contains($"image.title=\"{(name == "mano" ? "mano" : $"mano-{name}")}\"", file.The("LABEL"), StringComparison.Ordinal);
        Assert.Contains("DOTNET_EnableDiagnostics=0", file.The("ENV"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_default_arguments_are_accepted_and_listen_on_the_ports_that_it_exposes(string name)
    {
        var file = ContainerFile.Read(name);
        if (file.Command is ["--help"])
        {
            Assert.Equal(0, Shell.Run("dotnet", Programs.Assembly(Project(file)), "--help").Code);
            return;
        }

        Assert.Equal("", Programs.Refusal(Project(file), file.Command));
        var told = file.Command.Select(a => Bound().Match(a)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(told.Order(), file.The("EXPOSE").Split(' ').Select(p => p.Split('/')[0]).Distinct().Order());
    }

    [Fact]
    public void The_tag_that_is_built_is_the_version_that_the_program_says_and_that_the_overlays_name()
    {
        var (_, output, _) = Shell.Run("dotnet", Programs.Assembly("Cli"), "version");
        var version = Regex.Match(output, @"^mano (\d+\.\d+\.\d+)").Groups[1].Value;
        Assert.Contains($"tag={version}", File.ReadAllText(Path.Combine(Repository.Folder, "deploy", "containers", "build")), StringComparison.Ordinal);
        Assert.All(ContainerFile.All, n => Assert.Contains(ContainerFile.Read(n).Final, l => l == ("ARG", $"VERSION={version}")));
        var overlays = Directory.EnumerateFiles(Path.Combine(Repository.Folder, "deploy", "k8s"), "kustomization.yaml", SearchOption.AllDirectories);
        var tags = overlays.SelectMany(f => Regex.Matches(File.ReadAllText(f), @"name: mano[a-z-]*, newTag: ([0-9.]+)").Select(m => m.Groups[1].Value)).Distinct();
        Assert.Equal(version, Assert.Single(tags));
    }

    [Fact]
    public void The_build_script_prints_one_build_for_each_file()
    {
        var (code, output, errors) = Shell.Run(Path.Combine(Repository.Folder, "deploy", "containers", "build"), "--print", "--prefix", "registry.example/edge/");
        Assert.True(code == 0, errors);
        Assert.All(ContainerFile.All, n => Assert.Contains($"--file deploy/containers/{n}.Containerfile", output, StringComparison.Ordinal));
        Assert.Contains("--tag registry.example/edge/mano-meo:1.0.0", output, StringComparison.Ordinal);
    }

    private static string Project(ContainerFile file) =>
        Regex.Match(file.Lines.First(l => l.Instruction == "RUN").Text, "dotnet publish src/([A-Za-z]+)/").Groups[1].Value;

    [GeneratedRegex("""(?:Include|Project)="\.\./\.\./(?!src)([A-Za-z.]+)""")]
    private static partial Regex Above();

    [GeneratedRegex("^0\\.0\\.0\\.0:([0-9]+)$")]
    private static partial Regex Bound();
}
