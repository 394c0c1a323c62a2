using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;

namespace Mano.Cli.Help;

/// <summary><c>mano version</c>.</summary>
internal static class VersionCommand
{
    public static string Number { get; } = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static Command Build(Verbs verbs) => verbs.Verb("version", "which mano this is, and on what it runs", [], run =>
    {
        var version = new VersionDocument(Number, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString());
        run.Answer(
            () => Documents.Of(version, VersionJson.Default.VersionDocument),
            console => console.Line($"mano {version.Mano} on {version.Runtime}, {version.System} {version.Architecture}"));
        return Task.FromResult(ExitCode.Done);
    });
}

internal sealed record VersionDocument(string Mano, string Runtime, string System, string Architecture);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(VersionDocument))]
internal sealed partial class VersionJson : JsonSerializerContext;
