using System.CommandLine;
using System.Text.RegularExpressions;
using Mano.Cli.Terminal;
using Mano.Testing;

namespace Mano.Cli.Tests;

public sealed class CommandTreeTests
{
    private static readonly RootCommand Root = ManoCommand.Build(CommandRun.Nowhere());

    [Fact]
    public void Every_command_in_the_documents_exists_with_its_flags()
    {
        var lines = DocumentedCommands.All().ToArray();
        Assert.True(lines.Length > 40, $"only {lines.Length} commands were found in the documents");
        Assert.Equal([], lines.Select(WhatIsWrong).OfType<string>());
    }

    [Theory]
    [InlineData("package", "build validate explain onboard list show enable disable delete")]
    [InlineData("instance", "create instantiate instantiate-group start stop terminate delete list show log events")]
    [InlineData("operation", "list show watch cancel retry fail")]
    [InlineData("site", "list show check debts")]
    [InlineData("host", "list add remove maintenance")]
    [InlineData("vim", "list show add test update remove adapters rotate-key conformance serve contract")]
    [InlineData("replica", "list")]
    [InlineData("placement", "explain group")]
    [InlineData("store", "backup restore")]
    public void A_noun_has_its_verbs(string noun, string verbs)
    {
        var command = Root.Subcommands.Single(c => c.Name == noun);
        Assert.Equal(verbs.Split(' ').Order(), command.Subcommands.Select(c => c.Name).Order());
    }

    [Fact]
    public void Every_command_and_flag_is_described_in_one_line()
    {
        foreach (var command in AllCommands(Root))
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), $"{ManoCommand.Path(command)} has no description");
            Assert.All(command.Options, o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{ManoCommand.Path(command)} {o.Name} has no description"));
            Assert.All(command.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), $"{ManoCommand.Path(command)} {a.Name} has no description"));
        }
    }

    [Fact]
    public void Exit_codes_are_documented_in_the_troubleshooting_guide()
    {
        var guide = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "how-to", "troubleshoot.md"));
        foreach (var (code, _) in ExitCodes.All)
        {
            Assert.Matches(new Regex($@"^\| {(int)code} \|", RegexOptions.Multiline), guide);
        }

        Assert.Equal(Enum.GetValues<ExitCode>().Order(), ExitCodes.All.Select(c => c.Code).Order());
    }

    private static string? WhatIsWrong(DocumentedCommands.Line line)
    {
        if (line.Words[0] == "test")
        {
            var help = File.ReadAllText(Path.Combine(Repository.Folder, "tests", "run"));
            return line.Words.FirstOrDefault(w => w.StartsWith("--", StringComparison.Ordinal) && !help.Contains(w, StringComparison.Ordinal)) is { } unknown
                ? $"{line}: mano test has no {unknown}"
                : null;
        }

        Command command = Root;
        foreach (var word in line.Words)
        {
            if (command.Subcommands.FirstOrDefault(c => c.Name == word) is not { } sub)
            {
                break;
            }

            command = sub;
        }

        if (command is RootCommand || (command.Subcommands.Count > 0 && line.Words.Any(w => w.All(char.IsAsciiLetterLower) && w != command.Name)))
        {
            return $"{line}: there is no such verb";
        }

        var flags = command.Options.Concat(Root.Options.Where(o => o.Recursive)).SelectMany(o => o.Aliases.Append(o.Name)).ToHashSet();
        return line.Words.FirstOrDefault(w => w.StartsWith('-') && !flags.Contains(w.Split('=')[0]) && w != "--help") is { } flag
            ? $"{line}: {ManoCommand.Path(command)} has no {flag}"
            : null;
    }

    private static IEnumerable<Command> AllCommands(Command command) => command.Subcommands.SelectMany(AllCommands).Prepend(command);
}
