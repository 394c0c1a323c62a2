using System.CommandLine;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;
using Mano.VimAdapters.Conformance;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim contract</c>: the protos that an adapter in another language is written from.</summary>
internal static class ContractCommand
{
    public static Command Build(Verbs verbs)
    {
        var folder = new Argument<string>("DIR") { Description = "where they are put; made if it is not there" };
        return verbs.Verb("contract", "write the protos of the VIM contract, to generate an adapter from", [folder], run =>
        {
            var root = Path.GetFullPath(run.Get(folder), run.Surroundings.Folder);
            foreach (var path in ContractText.Paths)
            {
                var file = Path.Combine(root, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, ContractText.Read(path));
            }

            run.Answer(
                () => Documents.Of(new ContractDocument(root, ContractText.Paths), ContractJson.Default.ContractDocument),
                console => console.Line($"{ContractText.Paths.Count} files are in {root}; begin with {Path.Combine("mano", "vim", "v1", "vim.proto")}"));
            return Task.FromResult(ExitCode.Done);
        });
    }
}

/// <param name="Folder">Where they are.</param>
/// <param name="Files">Below it.</param>
internal sealed record ContractDocument(string Folder, IReadOnlyList<string> Files);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ContractDocument))]
internal sealed partial class ContractJson : JsonSerializerContext;
