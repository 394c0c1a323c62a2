using System.Runtime.InteropServices;
using System.Text;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>
/// One end of a TUN device: IP packets that the kernel routes to it are read here, and what is written comes in by it.
/// The device outlives us: its routes stay, and packets wait in its queue until somebody reads again.
/// </summary>
internal sealed class TunDevice : IDisposable
{
    private const int ReadWriteNonBlocking = 0x80802; // O_RDWR | O_NONBLOCK | O_CLOEXEC
    private const uint SetInterface = 0x400454ca; // TUNSETIFF
    private const uint SetPersistent = 0x400454cb; // TUNSETPERSIST
    private const short PlainTun = 0x1001; // IFF_TUN | IFF_NO_PI

    private TunDevice(int descriptor, string name) => (Descriptor, Name) = (descriptor, name);

    public int Descriptor { get; }

    public string Name { get; }

    /// <summary>Makes the device in the namespace that this thread is in, or takes hold of it if it is there.</summary>
    /// <exception cref="IOException">It cannot be: no /dev/net/tun, no right, or somebody else holds it.</exception>
    public static TunDevice Open(string name)
    {
        var descriptor = Native.Open("/dev/net/tun", ReadWriteNonBlocking);
        if (descriptor < 0)
        {
            throw new IOException($"/dev/net/tun cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var device = new TunDevice(descriptor, name);
        Span<byte> request = stackalloc byte[40]; // struct ifreq
        Encoding.ASCII.GetBytes(name, request);
        MemoryMarshal.Write(request[16..], PlainTun);
        if (Native.IoControl(descriptor, SetInterface, ref MemoryMarshal.GetReference(request)) < 0 || Native.IoControl(descriptor, SetPersistent, 1) < 0)
        {
            var why = Marshal.GetLastPInvokeErrorMessage();
            device.Dispose();
            throw new IOException($"the device {name} cannot be made: {why}");
        }

        return device;
    }

    public void Dispose() => _ = Native.Close(Descriptor);
}
