using Microsoft.Playwright;

namespace Connect.Browser.Tests;

/// <summary>The line between a page and its server, on which what the server says can be held back, as a slow network does, for exactly as long as a test wants.</summary>
internal sealed class HeldLine
{
    private readonly Lock _lock = new();
    private readonly List<Action> _held = [];
    private bool _holding;

    private HeldLine()
    {
    }

    /// <summary>The line of a page, from the next address that it goes to on.</summary>
    public static async Task<HeldLine> Of(IPage page)
    {
        var line = new HeldLine();
        await page.RouteWebSocketAsync("**/_blazor?*", socket =>
        {
            var server = socket.ConnectToServer();
            socket.OnMessage(frame => Pass(server, frame));
            server.OnMessage(frame => line.Say(() => Pass(socket, frame)));
        });
        return line;
    }

    /// <summary>From now on the page hears nothing.</summary>
    public void Hold()
    {
        lock (_lock)
            _holding = true;
    }

    /// <summary>The page hears everything that was held back, in order, and what follows.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            _holding = false;
            _held.ForEach(say => say());
            _held.Clear();
        }
    }

    private void Say(Action say)
    {
        lock (_lock)
        {
            if (_holding)
                _held.Add(say);
            else
                say();
        }
    }

    private static void Pass(IWebSocketRoute to, IWebSocketFrame frame)
    {
        if (frame.Binary is { Length: > 0 } binary)
            to.Send(binary);
        else
            to.Send(frame.Text ?? "");
    }
}
