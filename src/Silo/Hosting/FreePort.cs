using System.Net;
using System.Net.Sockets;

namespace Connect.Silo.Hosting;

/// <summary>Finds a port that nobody uses.</summary>
internal static class FreePort
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int On(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
