using System.Text;
using System.Text.RegularExpressions;
using Mano.Packages.Tests.Signatures;
using Mano.Testing;

namespace Mano.Packages.Tests.Mistakes;

/// <summary>
/// What a provider reads who makes a mistake, in mistakes.txt beside this file: it is read as a whole whenever a sentence changes.
/// With MANO_GOLDEN=write in the environment the test writes the file anew.
/// </summary>
public sealed partial class MistakesTests
{
    private static readonly string Golden = Path.Combine(Repository.Folder, "tests", "Packages.Tests", "Mistakes", "mistakes.txt");

    [Fact]
    public void Each_typical_mistake_gets_sentences_that_say_what_is_wrong_where_and_how_to_mend_it()
    {
        var told = Told(out var mistakes);
        if (Environment.GetEnvironmentVariable("MANO_GOLDEN") == "write")
        {
            File.WriteAllText(Golden, told);
        }

        Assert.True(mistakes >= 20, $"{mistakes} mistakes");
        Assert.Equal(File.ReadAllText(Golden), told);
    }

    private static string Told(out int mistakes)
    {
        using var root = Authority.Root();
        using var by = root.Issue("Example Provider");
        using var expired = root.Issue("Example Provider", -400, -30);
        using var store = new TempFolder();
        File.WriteAllText(store.File("root.pem"), root.Pem);
        var options = new PackageReadOptions { Trust = PackageTrust.FromFolder(store.FullPath), Clock = new ManualClock(Authority.Today) };
        var text = new StringBuilder();
        mistakes = 0;
        foreach (var mistake in Mistake.All(by, expired))
        {
            using var upload = new MemoryStream(mistake.Upload);
            var reading = PackageReader.Read(upload, options);
            Assert.True(reading.Faults.Count > 0, $"Nothing is told of: {mistake.Title}");
            text.Append($"{++mistakes}. {mistake.Title}: {(reading.Content is null ? "refused" : "accepted")}\n");
            foreach (var fault in reading.Faults)
            {
                Assert.True(fault.Message.EndsWith('.') || fault.Message.EndsWith('?') || fault.Rule == "signature-missing", fault.Message);
                text.Append($"   {(fault.Severity == FaultSeverity.Error ? "error" : "warning")}: {Stable(fault.ToString())}\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Digests differ whenever a sample does.</summary>
    private static string Stable(string sentence) => Hex().Replace(sentence, "…");

    [GeneratedRegex("[0-9a-f]{64,128}")]
    private static partial Regex Hex();
}
