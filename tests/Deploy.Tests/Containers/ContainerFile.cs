using System.Text.Json;
using Mano.Testing;

namespace Mano.Deploy.Tests.Containers;

/// <summary>A container file, read instruction by instruction.</summary>
internal sealed class ContainerFile
{
    private ContainerFile(string name, IReadOnlyList<(string Instruction, string Text)> lines) => (Name, Lines) = (name, lines);

    public string Name { get; }

    public IReadOnlyList<(string Instruction, string Text)> Lines { get; }

    /// <summary>The lines of the image itself, after the last FROM.</summary>
    public IEnumerable<(string Instruction, string Text)> Final => Lines.Reverse().TakeWhile(l => l.Instruction != "FROM").Reverse();

    public string[] Entrypoint => Words("ENTRYPOINT");

    public string[] Command => Words("CMD");

    public static IReadOnlyList<string> All { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.Containerfile").Select(f => Path.GetFileNameWithoutExtension(f)!).Order()];

    private static string Folder => Path.Combine(Repository.Folder, "deploy", "containers");

    public static ContainerFile Read(string name)
    {
        var text = File.ReadAllLines(Path.Combine(Folder, $"{name}.Containerfile")).Where(l => !l.StartsWith('#'));
        var whole = string.Join('\n', text).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new(name, [.. whole.Select(l => l.Split(' ', 2)).Select(p => (p[0], p[1].Trim()))]);
    }

    /// <summary>The one instruction of this kind in the image.</summary>
    public string The(string instruction) => Assert.Single(Final, l => l.Instruction == instruction).Text;

    private string[] Words(string instruction) => JsonSerializer.Deserialize<string[]>(The(instruction))!;
}
