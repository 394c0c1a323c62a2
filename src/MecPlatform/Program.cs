using Mano.MecPlatform;
using Mano.Mesh.Hosting;

var command = new PlatformCommand();
return await Daemon.RunAsync(args, command.Root, parsed =>
{
    var options = command.Options(parsed);
    return MeshHost.RunAsync(() => PlatformHost.Build(options), "mec-platform", PlatformHost.AddressesOf);
});
