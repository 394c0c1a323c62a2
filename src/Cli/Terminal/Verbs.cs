using System.CommandLine;
using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.Cli.Terminal;

/// <summary>Makes verbs. What every verb does alike is here: connect, turn a failure into a sentence and an exit code.</summary>
internal sealed class Verbs(Surroundings surroundings, GlobalFlags flags)
{
    /// <summary>A verb with its arguments and flags, in the order in which help shows them.</summary>
    public Command Verb(string name, string description, IEnumerable<Symbol> symbols, Func<Invocation, Task<ExitCode>> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            Add(command, symbol);
        }

        command.SetAction((parsed, stop) => RunAsync(parsed, run, stop));
        return command;
    }

    /// <summary>A noun and its verbs.</summary>
    public static Command Noun(string name, string description, params IEnumerable<Command> verbs)
    {
        var noun = new Command(name, description);
        foreach (var verb in verbs)
        {
            noun.Subcommands.Add(verb);
        }

        return noun;
    }

    private static void Add(Command command, Symbol symbol)
    {
        switch (symbol)
        {
            case Argument argument: command.Arguments.Add(argument); break;
            case Option option: command.Options.Add(option); break;
            case Command sub: command.Subcommands.Add(sub); break;
            default: throw new ArgumentException($"'{symbol}' is neither an argument nor a flag.", nameof(symbol));
        }
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<Invocation, Task<ExitCode>> run, CancellationToken stop)
    {
        using var invocation = new Invocation(surroundings, flags, parsed, stop);
        try
        {
            return (int)await run(invocation);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            invocation.Remark("interrupted; what was accepted goes on ('mano operation list' shows it)");
            return (int)ExitCode.Interrupted;
        }
        catch (FailureException e)
        {
            return Fail(invocation, e.Failure);
        }
        catch (RpcException e)
        {
            return Fail(invocation, e.ToFailure());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(invocation, Failure.InvalidInput(Sentences.UsageReason, e.Message));
        }
        catch (Exception e) when (surroundings.Variable("MANO_DEBUG") is null)
        {
            return Fail(invocation, Failure.Internal(
                "BUG", $"A bug of mano: {e.GetType().Name}: {e.Message} - please report it; with MANO_DEBUG=1 the place is shown."));
        }
    }

    private static int Fail(Invocation invocation, Failure failure)
    {
        invocation.Err.Show(failure);
        if (invocation.Json)
        {
            invocation.Surroundings.RawOut.WriteLine(Documents.Of(failure));
        }

        return (int)Sentences.ToExitCode(failure);
    }
}
