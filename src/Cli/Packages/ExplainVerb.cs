using System.CommandLine;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;
using Mano.Packages;

namespace Mano.Cli.Packages;

/// <summary><c>mano package explain</c>: what an orchestrator will do with a package, and what it will not; no MEO is asked.</summary>
internal static class ExplainVerb
{
    public static Command Build(Verbs verbs)
    {
        var file = new Argument<string>("FILE") { Description = "a CSAR, or an application descriptor alone in JSON or YAML" };
        var judging = new JudgingFlags();
        return verbs.Verb("explain", "show what an orchestrator will do with a package: compute, images, rules, services, and what is not supported", [file, .. judging.All], run =>
        {
            using var stream = PackageFiles.Open(run, run.Get(file));
            var reading = PackageReader.Read(stream, judging.Read(run), run.Stop);
            if (reading.Content is not { } content)
            {
                return Task.FromResult(PackageFiles.Tell(run, run.Get(file), reading, ""));
            }

            var explanation = PackageExplanation.Of(content);
            run.Answer(() => Documents.Of(explanation, ExplanationJson.Default.PackageExplanation), console =>
            {
                run.Err.ShowFaults(Faults.Of(reading.Faults));
                foreach (var section in explanation.Sections)
                {
                    console.Line(section.Title, "bold");
                    var listing = new Listing("", "") { Indent = 2 };
                    section.Lines.ToList().ForEach(l => listing.Add(l.Name, l.Text));
                    listing.Show(console);
                    console.Line();
                }

                console.Line("not supported", "bold");
                var missing = new Listing("") { Indent = 2, WhenEmpty = "nothing: everything the package asks for is done" };
                explanation.NotSupported.ToList().ForEach(n => missing.Add(n));
                missing.Show(console);
            });
            return Task.FromResult(ExitCode.Done);
        });
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PackageExplanation))]
internal sealed partial class ExplanationJson : JsonSerializerContext;
