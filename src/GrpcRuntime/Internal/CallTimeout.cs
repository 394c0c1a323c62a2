using System.Globalization;

namespace Mano.GrpcRuntime.Internal;

/// <summary>The text of <c>grpc-timeout</c>: one to eight digits and a unit.</summary>
internal static class CallTimeout
{
    /// <summary>Longest span a timer of the runtime takes; a deadline beyond it is not enforced by this side.</summary>
    public static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private const long MostDigits = 99_999_999;

    /// <summary>The finest unit that holds the span in eight digits, rounded up so that the peer never gives up first.</summary>
    public static string Encode(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, 1);
        (long Size, char Unit)[] units =
        [
            (TimeSpan.TicksPerMillisecond, 'm'), (TimeSpan.TicksPerSecond, 'S'), (TimeSpan.TicksPerMinute, 'M'), (TimeSpan.TicksPerHour, 'H'),
        ];
        foreach (var (size, unit) in units)
        {
            var count = (ticks - 1) / size + 1;
            if (count <= MostDigits)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
            }
        }

        return "99999999H";
    }

    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        long? ticks = text[^1] switch
        {
            'n' => (count + 99) / 100,
            'u' => count * 10,
            'm' => count * TimeSpan.TicksPerMillisecond,
            'S' => count * TimeSpan.TicksPerSecond,
            'M' => count * TimeSpan.TicksPerMinute,
            'H' => count * TimeSpan.TicksPerHour,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }
}
