using System.CommandLine;
using System.Text;
using Mano.Cli.Terminal;

namespace Mano.Cli.Vims;

/// <summary>
/// Settings of an adapter as flags: <c>--set NAME=VALUE</c>, and <c>--secret</c> for what nobody is to see, which therefore never
/// stands on the command line: <c>NAME=@FILE</c>, <c>NAME=-</c> for standard input, or <c>NAME</c> alone to be asked.
/// </summary>
internal sealed class SettingFlags
{
    private readonly Option<string[]> set = new("--set") { Description = "a setting of the adapter ('mano vim adapters' lists them); may be repeated", HelpName = "NAME=VALUE" };

    private readonly Option<string[]> secret = new("--secret")
    {
        Description = "a secret setting: from a file, from standard input (-), or asked for; may be repeated", HelpName = "NAME[=@FILE|=-]",
    };

    public IEnumerable<Symbol> Flags => [set, secret];

    public Dictionary<string, string> Settings(Invocation run)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in run.Get(set) ?? [])
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !settings.TryAdd(text[..at], text[(at + 1)..]))
            {
                throw Sentences.Usage(at <= 0 ? $"--set: '{text}' is no NAME=VALUE." : $"--set: {text[..at]} is given twice.", "--set");
            }
        }

        return settings;
    }

    public Dictionary<string, string> Secrets(Invocation run)
    {
        var secrets = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in run.Get(secret) ?? [])
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            var (name, from) = at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
            if (name.Length == 0 || !secrets.TryAdd(name, Read(run, name, from)))
            {
                throw Sentences.Usage(name.Length == 0 ? "--secret: a name is needed." : $"--secret: {name} is given twice.", "--secret");
            }
        }

        return secrets;
    }

    private static string Read(Invocation run, string name, string from) => from switch
    {
        "" => Asked(run, name),
        "-" => run.Surroundings.In.ReadToEnd().TrimEnd('\r', '\n'),
        ['@', .. var path] => File.ReadAllText(Path.GetFullPath(path, run.Surroundings.Folder)).TrimEnd('\r', '\n'),
        // Not repeated here: it may be the secret.
        _ => throw Sentences.Usage($"--secret: what follows {name}= is neither @FILE nor -. A secret on a command line can be read by every program of the machine: "
            + $"write --secret {name}=@FILE, {name}=-, or {name} alone to be asked.", "--secret"),
    };

    /// <summary>Typed without being shown.</summary>
    private static string Asked(Invocation run, string name)
    {
        if (!run.Surroundings.IsInteractive)
        {
            throw Sentences.Usage($"--secret {name}: nobody is there to be asked; write {name}=@FILE, or {name}=- for standard input.", "--secret");
        }

        run.Err.Write(new Spectre.Console.Text($"{name}: "));
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length -= typed.Length > 0 ? 1 : 0;
            }
            else if (key.KeyChar != '\0')
            {
                typed.Append(key.KeyChar);
            }
        }

        run.Err.Line();
        return typed.ToString();
    }
}
