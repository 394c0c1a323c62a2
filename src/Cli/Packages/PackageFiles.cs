using System.CommandLine;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;
using Mano.Packages;

namespace Mano.Cli.Packages;

/// <summary>The verbs on packages that are files here; no MEO is asked.</summary>
internal static class PackageFiles
{
    public static Command Build(Verbs verbs)
    {
        var folder = new Argument<string>("FOLDER") { Description = "holds the package's files: TOSCA-Metadata/, Definitions/, Artifacts/" };
        var to = new Option<string>("--to", "-o") { Description = "the CSAR to write (default: <name of the folder>.csar in the current folder)", HelpName = "FILE" };
        return verbs.Verb("build", "make a CSAR of a folder, with right digests (MEC 037)", [folder, to], run =>
        {
            var source = Path.GetFullPath(run.Get(folder), run.Surroundings.Folder);
            if (!Directory.Exists(source))
            {
                throw Sentences.Usage($"There is no folder '{run.Get(folder)}' to build a package from.", run.Get(folder));
            }

            var target = Path.GetFullPath(run.Get(to) ?? DefaultName(source), run.Surroundings.Folder);
            return Task.FromResult(Tell(run, target, PackageBuilder.Build(source, target, cancel: run.Stop), "built"));
        });
    }

    public static Command Validate(Verbs verbs)
    {
        var file = new Argument<string>("FILE") { Description = "a CSAR, or an application descriptor alone in JSON or YAML" };
        var judging = new JudgingFlags();
        return verbs.Verb("validate", "say everything that is wrong with a package; exits 1 when a MEO would refuse it", [file, .. judging.All], run =>
        {
            using var stream = Open(run, run.Get(file));
            return Task.FromResult(Tell(run, run.Get(file), PackageReader.Read(stream, judging.Read(run), run.Stop), "valid"));
        });
    }

    /// <exception cref="Mesh.Failures.FailureException">Usage: there is no such file, or it cannot be read.</exception>
    public static FileStream Open(Invocation run, string file)
    {
        var path = Path.GetFullPath(file, run.Surroundings.Folder);
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            var sentence = Directory.Exists(path) ? $"'{file}' is a folder; 'mano package build {file}' makes a package of it."
                : File.Exists(path) ? $"'{file}' cannot be read: {e.Message}"
                : $"There is no file '{file}'.";
            throw Sentences.Usage(sentence, file);
        }
    }

    internal static ExitCode Tell(Invocation run, string file, PackageReading reading, string done)
    {
        run.Answer(() => Documents.Of(Document(file, reading), PackageJson.Default.PackageDocument), console =>
        {
            run.Err.ShowFaults(Faults.Of(reading.Faults));
            var warnings = Count(reading.Warnings.Count(), "warning");
            if (reading.Content is { Descriptor: var app } content)
            {
                console.Line($"{done}: {Shown(run, file)} - {app.AppName} {app.AppSoftVersion} of {app.AppProvider}, {Count(content.Artifacts.Count, "file")}, {warnings}", "green");
            }
            else
            {
                run.Err.Line($"mano: {Shown(run, file)} is not what a MEO accepts: {Count(reading.Errors.Count(), "error")}, {warnings}.", "red");
            }
        });
        return reading.Content is null ? ExitCode.Failed : ExitCode.Done;
    }

    private static PackageDocument Document(string file, PackageReading reading) => new(
        file, reading.Content is not null, reading.Content?.Descriptor.AppDId, reading.Content?.Descriptor.AppName,
        [.. reading.Content?.Artifacts.Select(a => new FileDocument(a.Path, a.Sha256, a.Size)) ?? []],
        [.. Faults.Of(reading.Faults).Select(FaultBody.Of)]);

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    /// <summary><c>samples/hello-edge/package</c> becomes <c>hello-edge.csar</c>: a folder called package says nothing.</summary>
    private static string DefaultName(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        return (name == "package" ? Path.GetFileName(Path.GetDirectoryName(folder)) : name) + ".csar";
    }

    private static string Shown(Invocation run, string file)
    {
        var relative = Path.GetRelativePath(run.Surroundings.Folder, Path.GetFullPath(file, run.Surroundings.Folder));
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }
}

/// <param name="Accepted">Whether a MEO would onboard it.</param>
internal sealed record PackageDocument(
    string File, bool Accepted, string? AppDId, string? AppName, IReadOnlyList<FileDocument> Files, IReadOnlyList<FaultBody> Faults);

internal sealed record FileDocument(string Path, string Sha256, long SizeBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PackageDocument))]
internal sealed partial class PackageJson : JsonSerializerContext;
