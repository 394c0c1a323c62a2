using System.CommandLine;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;
using Mano.VimAdapters.Conformance;

namespace Mano.Cli.Vims;

/// <summary><c>mano vim contract</c>: the protos that an adapter in another language is written from.</summary>
internal static class ContractCommand
{
    private const string Descriptors = "vim.binpb";

    public static Command Build(Verbs verbs)
    {
        var folder = new Argument<string>("DIR") { Description = "where they are put; made if it is not there" };
        return verbs.Verb("contract", "write the VIM contract, protos and descriptor set, to make an adapter from", [folder], run =>
        {
            var root = Path.GetFullPath(run.Get(folder), run.Surroundings.Folder);
            foreach (var path in ContractText.Paths)
            {
                var file = Path.Combine(root, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, ContractText.Read(path));
            }

            File.WriteAllBytes(Path.Combine(root, Descriptors), ContractText.DescriptorSet());
            run.Answer(
                () => Documents.Of(new ContractDocument(root, [.. ContractText.Paths, Descriptors]), ContractJson.Default.ContractDocument),
                console => console.Line($"{root}: {ContractText.Paths.Count} protos, of which mano/vim/v1/vim.proto is the first to read, and {Descriptors}, their descriptor set"));
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
