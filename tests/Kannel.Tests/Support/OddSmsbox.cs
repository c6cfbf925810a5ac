using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Connect.Kannel.Tests.Support;

/// <summary>Listens where smsbox would, reads each request whole, and then does what a test wants: answers anything, breaks the connection, or stays silent.</summary>
internal sealed class OddSmsbox : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> clients = [];
    private readonly Func<int, string?> answer;
    private int requests;

    /// <param name="answer">What to answer to the first, second, … request; null breaks the connection; empty stays silent.</param>
    public OddSmsbox(Func<int, string?> answer)
    {
        this.answer = answer;
        listener.Start();
        _ = Accept();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/cgi-bin/sendsms");

    /// <summary>Whole requests that came in.</summary>
    public int Requests => Volatile.Read(ref requests);

    public TaskCompletionSource Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static string Answer(int status, string body) => $"HTTP/1.1 {status} Whatever\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nContent-Type: text/html\r\n\r\n{body}";

    /// <summary>Takes no further connection; those it has live on.</summary>
    public void StopListening() => listener.Stop();

    public void Dispose()
    {
        listener.Dispose();
        foreach (var client in clients)
            client.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await listener.AcceptTcpClientAsync());
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        clients.Add(client);
        var stream = client.GetStream();
        var text = "";
        var buffer = new byte[4096];
        while (true)
        {
            while (!IsWhole(text))
            {
                var count = await stream.ReadAsync(buffer);
                if (count == 0)
                    return;
                text += Encoding.Latin1.GetString(buffer, 0, count);
            }

            text = "";
            var number = Interlocked.Increment(ref requests);
            Heard.TrySetResult();
            switch (answer(number))
            {
                case null:
                    client.Close();
                    return;
                case { Length: > 0 } words:
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(words));
                    break;
            }
        }
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        const string name = "Content-Length: ";
        var at = text.IndexOf(name, StringComparison.Ordinal);
        var length = at < 0 ? 0 : int.Parse(text.AsSpan(at + name.Length, text.IndexOf('\r', at) - at - name.Length), System.Globalization.CultureInfo.InvariantCulture);
        return text.Length >= end + 4 + length;
    }
}
