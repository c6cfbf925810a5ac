using System.Xml;
using System.Xml.Linq;

namespace Connect.Silo.Gateways.Kannel;

/// <summary>
/// Asks bearerbox's status page whether any carrier link is on duty. A link that is lost and being restored is: Kannel keeps messages for it. One that an operator stopped is not, and Kannel then
/// says of every message that no carrier takes its number. An answer is never older than its question; questions that wait share the next. Thread-safe.
/// </summary>
/// <param name="options">Where the page is; without that it is never asked for.</param>
/// <param name="http">Gets it.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears when the page can not be read.</param>
internal sealed partial class KannelLinks(KannelOptions options, HttpMessageInvoker http, TimeProvider time, ILogger logger) : IDisposable
{
    private const int MaxPage = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private (long AskedAt, bool NoneOnDuty) _last = (long.MinValue, false);
    private bool _isUnreadable;

    /// <summary>Whether it is certain that no link is on duty; false as well when that can not be found out.</summary>
    public async Task<bool> NoneOnDuty()
    {
        if (options.StatusUrl.Length == 0)
            return false;
        var wanted = time.GetTimestamp();
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_last.AskedAt < wanted)
                _last = (time.GetTimestamp(), await Ask().ConfigureAwait(false));
            return _last.NoneOnDuty;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Whether a status page names no link but dead ones.</summary>
    /// <exception cref="XmlException">It is no status page.</exception>
    internal static bool NoneOnDuty(string page)
    {
        var links = XDocument.Parse(page).Root?.Element("smscs") ?? throw new XmlException("It names no carrier links: is Kannel:StatusPassword right?");
        return !links.Elements("smsc").Any(link => link.Element("status")?.Value.StartsWith("dead", StringComparison.Ordinal) != true);
    }

    private async Task<bool> Ask()
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{options.StatusUrl}?password={Uri.EscapeDataString(options.StatusPassword)}");
            using var response = await http.SendAsync(request, limit.Token).ConfigureAwait(false);
            await response.Content.LoadIntoBufferAsync(MaxPage, limit.Token).ConfigureAwait(false);
            var none = NoneOnDuty(await response.Content.ReadAsStringAsync(limit.Token).ConfigureAwait(false));
            _isUnreadable = false;
            return none;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or XmlException)
        {
            if (!_isUnreadable)
                LogUnreadable(options.StatusUrl, failure.Message);
            _isUnreadable = true;
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Url} can not be read: {Reason} Until it can, numbers that Kannel says are not routable are taken for it.")]
    private partial void LogUnreadable(string url, string reason);
}
