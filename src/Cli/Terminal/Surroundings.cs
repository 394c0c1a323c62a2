using Mano.Mesh.Ids;
using Spectre.Console;

namespace Mano.Cli.Terminal;

/// <summary>Everything a run of the command takes from outside, so that a test can give it something else.</summary>
internal sealed record Surroundings
{
    /// <summary>What was asked for; tables and facts.</summary>
    public required IAnsiConsole Out { get; init; }

    /// <summary>Progress, hints and errors.</summary>
    public required IAnsiConsole Err { get; init; }

    /// <summary>Standard output itself, for JSON and for logs: never wrapped, never coloured.</summary>
    public required TextWriter RawOut { get; init; }

    public required TextReader In { get; init; }

    /// <summary>A person sits in front of it: may be asked to press a key.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>An environment variable; null when unset or empty.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The current folder.</summary>
    public required string Folder { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public IIdSource Ids { get; init; } = new GuidIds(TimeProvider.System);

    /// <summary>The checkout that the launcher runs from; null where the command was started without it.</summary>
    public string? Home => Variable("MANO_HOME");

    /// <summary>What a person types here to run the command.</summary>
    public string CommandName => Home is null ? "mano" : Home == Folder ? "./mano" : Path.Combine(Home, "mano");

    /// <summary>Where <c>mano up</c> keeps its state unless told otherwise.</summary>
    public string DefaultData => Path.Combine(Home ?? Folder, ".mano");

    /// <summary>Those of the real process.</summary>
    public static Surroundings OfThisProcess()
    {
        var error = Consoles.Create(Console.Error, Console.IsErrorRedirected);
        return new Surroundings
        {
            Out = Consoles.Create(Console.Out, Console.IsOutputRedirected),
            Err = error,
            RawOut = Console.Out,
            In = Console.In,
            IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
            Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
            Folder = Environment.CurrentDirectory,
        };
    }
}
