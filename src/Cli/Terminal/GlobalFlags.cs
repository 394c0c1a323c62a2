using System.CommandLine;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.Cli.Terminal;

/// <summary>How answers are printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>One document on standard output; progress goes to standard error.</summary>
    Json,
}

/// <summary>The flags that every verb has.</summary>
internal sealed class GlobalFlags
{
    public Option<OutputFormat> Output { get; } = new("--output")
    {
        Description = "table for people, json for programs",
        HelpName = "table|json",
        Recursive = true,
        CustomParser = result => result.Tokens[0].Value switch
        {
            "table" => OutputFormat.Table,
            "json" => OutputFormat.Json,
            var other => Refuse(result, $"--output: '{other}' is not a format; write table or json."),
        },
    };

    public Option<Uri?> Meo { get; } = Url("--meo", "address of the MEO's gRPC; else MANO_MEO, else that of a running 'mano up'");

    public Option<string?> Tls { get; } = new("--tls")
    {
        Description = "folder with tls.crt, tls.key and ca.crt: mutual TLS towards an https MEO; else MANO_TLS",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<string?> IdempotencyKey { get; } = new("--idempotency-key")
    {
        Description = "repeat a change safely: the same key and request have one effect (1 to 100 printable characters)",
        HelpName = "KEY",
        Recursive = true,
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: var key }] && (key.Length is 0 or > 100 || key.Any(c => c is < ' ' or > '~')))
                {
                    result.AddError("--idempotency-key: 1 to 100 printable ASCII characters are right.");
                }
            },
        },
    };

    public void AddTo(RootCommand root)
    {
        root.Options.Add(Output);
        root.Options.Add(Meo);
        root.Options.Add(Tls);
        root.Options.Add(IdempotencyKey);
    }

    /// <summary>Whether JSON was asked for, also where the command line is wrong elsewhere.</summary>
    public static bool WantsJson(IReadOnlyList<string> args) =>
        args.Contains("--output=json") || args.Zip(args.Skip(1)).Any(pair => pair is ("--output", "json"));

    private static Option<Uri?> Url(string name, string description)
    {
        var option = MeshFlags.Url(name, description);
        option.Recursive = true;
        return option;
    }

    private static OutputFormat Refuse(System.CommandLine.Parsing.ArgumentResult result, string sentence)
    {
        result.AddError(sentence);
        return default;
    }
}
