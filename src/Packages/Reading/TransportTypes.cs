namespace Mano.Packages.Reading;

/// <summary>Transport types of MEC 011 §7.1.6.3; a text in the model, because MEC 010-2 leaves the set open.</summary>
internal static class TransportTypes
{
    private static readonly string[] Known =
        ["REST_HTTP", "MB_TOPIC_BASED", "MB_ROUTING", "MB_PUBSUB", "RPC", "RPC_STREAMING", "WEBSOCKET"];

    internal static void Check(string type, Attributes transport)
    {
        if (type.Length > 0 && !Known.Contains(type))
        {
            transport.Context.Faults.Warn("bad-value", transport.PlaceOf("type"),
                $"\"{type}\" is none of {string.Join(", ", Known)}; no platform here offers it.");
        }
    }
}
