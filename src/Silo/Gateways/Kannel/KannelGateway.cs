using System.Net;
using System.Text;
using Connect.Grains.Messaging;
using Microsoft.Extensions.Options;

namespace Connect.Silo.Gateways.Kannel;

/// <summary>
/// Hands messages to Kannel's smsbox: one HTTP request each, over connections that are kept. What is certain is told as certain: a message whose request never left, or that Kannel turned away for
/// a reason of its own, was not taken and may be handed over again; one that left and was not clearly answered may have been taken.
/// </summary>
public sealed partial class KannelGateway : ISmsGateway, IDisposable
{
    /// <summary>Path, below <see cref="KannelOptions.CallbackUrl"/>, where delivery reports go.</summary>
    public const string DeliveryPath = "/gateways/kannel/delivery";

    // Reached the phone, given up, queued at the carrier, taken by the carrier, turned away by the carrier.
    private const string ReportMask = "31";
    private const int MaxAnswer = 64 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly KannelOptions _options;
    private readonly KannelState _state;
    private readonly TimeProvider _time;
    private readonly ILogger<KannelGateway> _logger;
    private readonly Uri _url;
    private readonly string _reports;
    private readonly HttpMessageInvoker _http;
    private readonly KannelLinks _links;

    /// <summary>Opens no connection yet.</summary>
    internal KannelGateway(IOptions<KannelOptions> options, KannelState state, TimeProvider time, ILogger<KannelGateway> logger)
    {
        (_options, _state, _time, _logger) = (options.Value, state, time, logger);
        _url = new(_options.Url);
        _reports = _options.CallbackUrl.TrimEnd('/') + DeliveryPath;
        _http = new(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = _options.Connections,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        });
        _links = new(_options, _http, time, logger);
    }

    /// <inheritdoc/>
    public async Task<HandOver> Send(SmsMessage message)
    {
        var parts = PartCounter.Parts(message.Text, PartRule.Carrier);
        if (parts > _options.MaxMessages)
            return new(HandOverOutcome.Refused, $"needs {parts} parts at the carrier, Kannel:MaxMessages is {_options.MaxMessages}");
        var startedAt = _time.GetTimestamp();
        using var body = new KannelText(message.Text);
        try
        {
            using var request = Request(message, body);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(_options.AnswerSeconds), _time);
            using var response = await _http.SendAsync(request, limit.Token).ConfigureAwait(false);
            var answer = KannelAnswer.Read(response.StatusCode, await Body(response, limit.Token).ConfigureAwait(false));
            // Kannel says so of a number that no carrier takes, and of any while an operator has stopped all carriers.
            if (KannelAnswer.IsNotRoutable(answer) && await _links.NoneOnDuty().ConfigureAwait(false))
                answer = new(HandOverOutcome.Unavailable, "403 Not routable: no carrier link is on duty");
            Learn(message, startedAt, answer);
            return answer;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            var answer = body.Left
                ? new HandOver(HandOverOutcome.Unknown, $"no answer: {Words(failure)}")
                : new HandOver(HandOverOutcome.Unavailable, $"not reached: {Words(failure)}");
            Learn(message, startedAt, answer);
            return answer;
        }
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _http.Dispose();
        _links.Dispose();
    }

    private static bool IsUnicode(string text)
    {
        foreach (var character in text)
        {
            if (GsmAlphabet.Septets(character) == 0)
                return true;
        }

        return false;
    }

    private static string Words(Exception failure) => failure is OperationCanceledException ? "too late" : failure.Message;

    private static async Task<string> Body(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[256];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private HttpRequestMessage Request(in SmsMessage message, KannelText body)
    {
        var ticket = new DeliveryTicket { AccountId = message.AccountId, Kind = message.Kind, CampaignId = message.CampaignId, MessageId = message.MessageId };
        var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = body };
        Add("X-Kannel-Username", _options.User);
        Add("X-Kannel-Password", _options.Password);
        Add("X-Kannel-From", message.From ?? _options.Sender);
        Add("X-Kannel-To", message.To);
        Add("X-Kannel-Coding", IsUnicode(message.Text) ? "2" : "0");
        Add("X-Kannel-DLR-Mask", ReportMask);
        Add("X-Kannel-DLR-URL", $"{_reports}?m={ticket.Sign(_options.CallbackSecret)}&t=%d&r=%A");
        return request;

        void Add(string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
    }

    private void Learn(in SmsMessage message, long startedAt, HandOver answer)
    {
        if (answer.Outcome == HandOverOutcome.Unavailable)
            _state.TakesNone(startedAt, $"{_url.GetLeftPart(UriPartial.Path)} answers '{answer.Reason}'.{Advice(answer.Reason!)}");
        else if (answer.Outcome == HandOverOutcome.Unknown)
            LogUnknown(message.MessageId, MaskedNumber.Of(message.To), answer.Reason!);
        else
            _state.Takes(startedAt);
    }

    private static string Advice(string reason) =>
        reason.StartsWith("403 Auth", StringComparison.Ordinal) ? " Kannel:User and Kannel:Password must be those of the sendsms-user in kannel.conf, and its user-allow-ip must allow this host." : "";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Message} to {To} may have been taken by Kannel: {Reason}")]
    private partial void LogUnknown(string message, string to, string reason);
}
