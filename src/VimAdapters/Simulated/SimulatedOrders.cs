using System.Globalization;

namespace Mano.VimAdapters.Simulated;

/// <summary>What somebody else does to this VIM.</summary>
internal enum SimulatedDeed
{
    /// <summary>Deletes the compute; watchers hear of it.</summary>
    Drop,

    /// <summary>Deletes the compute; no watcher hears of it.</summary>
    Lose,

    /// <summary>Switches the compute off.</summary>
    Stop,

    /// <summary>Ends its process; the argument is the exit code.</summary>
    Crash,

    /// <summary>Lists and looks leave it out for the time of the argument, though it is there.</summary>
    Hide,

    /// <summary>Deletes the compute, and shows it as it was for the time of the argument.</summary>
    Ghost,

    /// <summary>No call is answered but with UNAVAILABLE for the time of the argument.</summary>
    Away,
}

/// <param name="Deed">What.</param>
/// <param name="ComputeId">To which compute; <c>*</c>: to all.</param>
/// <param name="Argument">Exit code or milliseconds.</param>
internal sealed record SimulatedOrder(SimulatedDeed Deed, string ComputeId, int Argument)
{
    /// <summary>Null where the line is none.</summary>
    public static SimulatedOrder? Parse(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var argument = 0;
        return parts.Length is 2 or 3 && Enum.TryParse<SimulatedDeed>(parts[0], ignoreCase: true, out var deed) && Enum.IsDefined(deed)
            && (parts.Length == 2 || int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out argument))
                ? new(deed, parts[1], argument)
                : null;
    }
}

/// <summary>
/// Reads orders from files in <c>orders/</c>, a line each, and deletes a file when its lines were carried out; what is
/// wrong is kept as <c>NAME.refused</c>. Files that start with a dot are still being written.
/// </summary>
internal sealed class SimulatedOrders : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(50);

    private readonly string folder;
    private readonly Action<SimulatedOrder> carryOut;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private bool isClosed;

    public SimulatedOrders(string vimFolder, Action<SimulatedOrder> carryOut, TimeProvider clock)
    {
        folder = Path.Combine(vimFolder, "orders");
        this.carryOut = carryOut;
        Directory.CreateDirectory(folder);
        CarryOutAll();
        timer = clock.CreateTimer(_ => CarryOutAll(), null, Every, Every);
    }

    /// <summary>An order that is not carried out by then stays for the next one.</summary>
    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            isClosed = true;
        }
    }

    private void CarryOutAll()
    {
        if (!gate.TryEnter())
        {
            return;
        }

        try
        {
            foreach (var path in isClosed ? [] : Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).ToArray())
            {
                var name = Path.GetFileName(path);
                if (!name.StartsWith('.') && !name.EndsWith(".refused", StringComparison.Ordinal))
                {
                    CarryOutFile(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Taken away while it was read; the next look sees what there is.
        }
        finally
        {
            gate.Exit();
        }
    }

    private void CarryOutFile(string path)
    {
        var lines = File.ReadAllLines(path).Where(l => l.Trim().Length > 0).ToArray();
        var orders = lines.Select(SimulatedOrder.Parse).OfType<SimulatedOrder>().ToArray();
        if (orders.Length < lines.Length)
        {
            File.Move(path, path + ".refused", overwrite: true);
            return;
        }

        foreach (var order in orders)
        {
            carryOut(order);
        }

        File.Delete(path);
    }
}
