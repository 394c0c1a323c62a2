using System.Reflection;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mano.Common.V1;
using Mano.Vim.V1;

namespace Mano.VimAdapters.Conformance;

/// <summary>The protos of the contract, as they were when this was built.</summary>
public static class ContractText
{
    private const string VimFolder = "mano/vim/v1/";
    private const string Main = "vim.proto";
    private static readonly Assembly Here = typeof(ContractText).Assembly;

    /// <summary>The paths below <c>protos/</c> of all files that an adapter in another language needs.</summary>
    public static IReadOnlyList<string> Paths { get; } = [.. Here.GetManifestResourceNames().Where(n => n.EndsWith(".proto", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>One of those files.</summary>
    public static string Read(string path)
    {
        using var stream = Here.GetManifestResourceStream(path) ?? throw new ArgumentException($"There is no {path}; there are {string.Join(", ", Paths)}.", nameof(path));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// The same as a <c>google.protobuf.FileDescriptorSet</c>, each file after those it imports, with <c>google.rpc.Status</c>, in
    /// which failures travel: for languages that load descriptors instead of generating code.
    /// </summary>
    public static byte[] DescriptorSet()
    {
        var files = new List<FileDescriptor>();
        Add(VimReflection.Descriptor);
        Add(FailureReflection.Descriptor);
        Add(Google.Rpc.StatusReflection.Descriptor);
        using var set = new MemoryStream();
        using (var output = new CodedOutputStream(set, leaveOpen: true))
        {
            foreach (var file in files)
            {
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(file.SerializedData);
            }
        }

        return set.ToArray();

        void Add(FileDescriptor file)
        {
            foreach (var import in file.Dependencies)
            {
                Add(import);
            }

            if (!files.Contains(file))
            {
                files.Add(file);
            }
        }
    }

    /// <summary>The lines of a call's comment, or of the rules for every call with an empty name, with their numbers.</summary>
    public static IReadOnlyList<(int Number, string Text)> CommentOf(string call)
    {
        var lines = Read(VimFolder + Main).Split('\n');
        var at = Array.FindIndex(lines, l => l.TrimStart().StartsWith(call.Length == 0 ? "service " : $"rpc {call}(", StringComparison.Ordinal));
        var first = at;
        while (first > 0 && lines[first - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
        {
            first--;
        }

        return [.. Enumerable.Range(Math.Max(first, 0), Math.Max(at - first, 0)).Select(i => (i + 1, Bare(lines[i])))];
    }

    internal static string FileOf(string where) => where.EndsWith(".proto", StringComparison.Ordinal) ? where : Main;

    /// <summary>Where the rule's words begin; 0: they are not there.</summary>
    internal static int LineOf(ContractRule rule)
    {
        var scope = rule.Where.EndsWith(".proto", StringComparison.Ordinal)
            ? Read(VimFolder + rule.Where).Split('\n').Select((l, i) => (Number: i + 1, Text: Bare(l)))
            : CommentOf(rule.Where);
        var text = new StringBuilder();
        var numbers = new List<int>();
        foreach (var (number, line) in scope)
        {
            foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                text.Append(word).Append(' ');
                numbers.AddRange(Enumerable.Repeat(number, word.Length + 1));
            }
        }

        var at = text.ToString().IndexOf(string.Join(' ', rule.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        return at < 0 ? 0 : numbers[at];
    }

    // Without the slashes of a comment and the dash of a list; the bars of a table stay.
    private static string Bare(string line)
    {
        var bare = line.Trim();
        bare = bare.StartsWith("//", StringComparison.Ordinal) ? bare[2..].Trim() : bare;
        return bare.StartsWith("- ", StringComparison.Ordinal) ? bare[2..] : bare;
    }
}
