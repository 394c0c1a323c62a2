namespace Mano.VimAdapters.Contract;

/// <summary>The variables that a VIM itself gives to every application, the same on all of them.</summary>
internal static class ComputeVariables
{
    public const string AppInstanceId = "MANO_APP_INSTANCE_ID";

    /// <summary>The compute's own address.</summary>
    public const string Address = "MANO_ADDRESS";

    /// <summary>Where the boot data lie, if there are any.</summary>
    public const string BootData = "MANO_BOOT_DATA";

    /// <summary>The variable that tells a port: MANO_PORT_WEB_UI for web-ui.</summary>
    public static string Port(string name) => "MANO_PORT_" + Upper(name);

    /// <summary>The variable that tells where a volume is: MANO_VOLUME_DATA for data.</summary>
    public static string Volume(string name) => "MANO_VOLUME_" + Upper(name);

    private static string Upper(string name) => new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_')]);
}
