using System.Runtime.CompilerServices;
using Mano.Testing;

namespace Mano.OpenStack.Tests;

/// <summary>Waiting for a state of the cloud, whose services are slow on a busy machine: a deadline that only a broken test reaches.</summary>
internal static class Patiently
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(300);

    public static async Task Is(Func<Task<bool>> state, [CallerArgumentExpression(nameof(state))] string what = "")
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await state())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"After {Patience.TotalSeconds} s still not: {what}");
            }

            await Task.Delay(Step, TimeProvider.System);
        }
    }

    /// <summary>Runs a command to its end: its exit code and what it printed.</summary>
    public static async Task<(int Code, string Out, string Err)> RunAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        await using var child = ChildProcess.Start(program, arguments, environment);
        await Is(() => Task.FromResult(child.HasExited), $"{program} {string.Join(' ', arguments)} ends");
        var code = await child.WaitForExit();
        return (code, string.Join('\n', child.Output), string.Join('\n', child.Errors));
    }
}
