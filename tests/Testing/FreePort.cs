using System.Net;
using System.Net.Sockets;

namespace Connect.Testing;

/// <summary>Ports for programs that are told theirs before they start.</summary>
public static class FreePort
{
    // Below the range that systems give out by themselves: between asking and using, one of those may be anybody's, such as the test runner's own.
    private const int First = 20_000;
    private const int Count = 12_000;

    // Test processes run side by side, so each begins somewhere else.
    private static int _last = Environment.ProcessId * 97;

    /// <summary>A loopback port that nothing listens on.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody's; the next one.
            }
        }

        throw new InvalidOperationException("There is no free port.");
    }
}
