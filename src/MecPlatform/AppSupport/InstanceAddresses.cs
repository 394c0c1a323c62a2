using System.Collections.Concurrent;
using System.Net;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// Which instance has which address. 127.0.0.1 and ::1 are never held by one: whatever calls from a machine to itself has
/// them, unless it says another.
/// </summary>
internal sealed class InstanceAddresses
{
    private readonly ConcurrentDictionary<string, IPAddress> ofInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<IPAddress, int> holders = [];
    private readonly Lock gate = new();

    /// <summary>The instance's address; null: it is not known.</summary>
    public IPAddress? Of(string appInstanceId) => ofInstance.GetValueOrDefault(appInstanceId);

    /// <summary>Whether an instance has it.</summary>
    public bool IsHeld(IPAddress address)
    {
        lock (gate)
        {
            return holders.ContainsKey(Plain(address));
        }
    }

    /// <summary>The instance has this address from here on; null: none.</summary>
    public void Set(string appInstanceId, IPAddress? address)
    {
        lock (gate)
        {
            if (ofInstance.TryRemove(appInstanceId, out var before) && !IsAnybodys(before) && --holders[before] == 0)
            {
                holders.Remove(before);
            }

            if (address is not null && Plain(address) is var next)
            {
                ofInstance[appInstanceId] = next;
                if (!IsAnybodys(next))
                {
                    holders[next] = holders.GetValueOrDefault(next) + 1;
                }
            }
        }
    }

    /// <summary>An IPv4 address that came in over IPv6 is the IPv4 address.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsAnybodys(IPAddress address) => address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback);
}
