using System.Net;
using Connect.Grains.Messaging;

namespace Connect.Silo.Gateways.Kannel;

/// <summary>What an answer of smsbox means. Its words are those of Kannel 1.4.5; what stands between it and us may answer in others.</summary>
internal static class KannelAnswer
{
    private const int MaxReason = 120;

    /// <summary>Reads an answer.</summary>
    public static HandOver Read(HttpStatusCode status, string body)
    {
        var outcome = Outcome(status, body);
        return outcome == HandOverOutcome.Accepted ? new(HandOverOutcome.Accepted) : new(outcome, Reason(status, body));
    }

    /// <summary>Whether Kannel refused a message for want of a carrier.</summary>
    public static bool IsNotRoutable(HandOver answer) => answer is { Outcome: HandOverOutcome.Refused, Reason: { } reason } && reason.StartsWith("403 Not routable", StringComparison.Ordinal);

    private static HandOverOutcome Outcome(HttpStatusCode status, string body) => status switch
    {
        // "0: Accepted for delivery", or "3: Queued for later delivery" when the carrier is not linked; "Sent." when it is told not to wait for bearerbox.
        HttpStatusCode.Accepted => HandOverOutcome.Accepted,
        // No carrier takes this number. Every other 403 is about us: "Authorization failed for sendsms".
        HttpStatusCode.Forbidden when body.StartsWith("Not routable", StringComparison.Ordinal) => HandOverOutcome.Refused,
        HttpStatusCode.BadRequest when IsOurs(body) => HandOverOutcome.Unavailable,
        // "Number(s) has/have been denied by white- and/or black-lists.", and what is wrong with a message.
        HttpStatusCode.BadRequest => HandOverOutcome.Refused,
        // "Temporal failure, try again later.": too much waits for the carrier already.
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => HandOverOutcome.Unavailable,
        // "Sending failed.", or a time-out of something in between: it may be with bearerbox.
        >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => HandOverOutcome.Unknown,
        // Another page than sendsms, or a refusal before anything looked at the message.
        >= HttpStatusCode.MultipleChoices => HandOverOutcome.Unavailable,
        // A success that Kannel does not know.
        _ => HandOverOutcome.Unknown,
    };

    // The settings, not the message: it would be the same with the next.
    private static bool IsOurs(string body) =>
        body.StartsWith("Sender missing", StringComparison.Ordinal) || body.StartsWith("DLR-", StringComparison.Ordinal) || body.StartsWith("Invalid content-type", StringComparison.Ordinal);

    // On one line: it goes into logs.
    private static string Reason(HttpStatusCode status, string body)
    {
        var words = string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{(int)status} {(words.Length > MaxReason ? words[..MaxReason] : words)}".TrimEnd();
    }
}
