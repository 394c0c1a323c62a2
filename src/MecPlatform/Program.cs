using Mano.MecPlatform;
using Mano.Mesh.Hosting;

var command = new PlatformCommand();
return await Daemon.RunAsync(args, command.Root, async parsed =>
{
    var app = PlatformHost.Build(command.Options(parsed));
    return await MeshHost.RunAsync(app, "mec-platform", () => PlatformHost.AddressesOf(app));
});
