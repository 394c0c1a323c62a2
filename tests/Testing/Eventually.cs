using System.Runtime.CompilerServices;

namespace Mano.Testing;

/// <summary>Waiting for a state, with a deadline in real time that only a broken test reaches.</summary>
public static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    public static Task Is(Func<bool> state, [CallerArgumentExpression(nameof(state))] string what = "") =>
        Is(() => Task.FromResult(state()), what);

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

    /// <summary>The task's result, or a timeout that says what was waited for.</summary>
    public static async Task<T> Soon<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await ((Task)task).Soon(what);
        return await task;
    }

    public static async Task Soon(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(Patience, TimeProvider.System);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"After {Patience.TotalSeconds} s still running: {what}");
        }
    }
}
