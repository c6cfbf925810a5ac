using System.Text.Json;
using System.Text.RegularExpressions;
using Connect.Accounts;
using Microsoft.AspNetCore.Diagnostics;
using Orleans.Runtime;
using Stripe;

namespace Connect.Api.Problems;

/// <summary>Exceptions as problems: unreadable input names its field, what may pass says when to repeat, everything else is our fault.</summary>
internal sealed partial class Faults(ILogger<Faults> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
            return true;
        var problem = From(exception);
        if (problem is null)
        {
            problem = Refuse.Internal(httpContext.TraceIdentifier);
            logger.LogError(exception, "Request {Reference} failed", httpContext.TraceIdentifier);
        }
        await problem.ToHttp().ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>The problem for an exception, or null when it is a fault of this program.</summary>
    public static Problem? From(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Refuse.TooLarge(),
        BadHttpRequestException { InnerException: JsonException json } => FromJson(json),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Refuse.Unsuitable(415, "Unsupported media type"),
        BadHttpRequestException bad => FromBinding(bad),
        JsonException json => FromJson(json),
        AccountUnavailableException => Refuse.AccountUnavailable(),
        StripeException or HttpRequestException => Refuse.PaymentProviderUnavailable(),
        OrleansException or TimeoutException => Refuse.AccountUnavailable(),
        _ => null,
    };

    /// <summary>The problem for JSON that can not be read: the path is the field.</summary>
    public static Problem FromJson(JsonException json)
    {
        var path = json.Path?.TrimStart('$').TrimStart('.');
        return string.IsNullOrEmpty(path)
            ? Refuse.Validation("body", "The body is not the JSON object that this address expects.")
            : Refuse.Validation(path, $"'{path}' is missing, of another type than expected, or out of bounds.");
    }

    private static Problem FromBinding(BadHttpRequestException bad)
    {
        var match = BoundParameter().Match(bad.Message);
        return match.Success && !bad.Message.Contains("body", StringComparison.Ordinal)
            ? Refuse.Validation(match.Groups["name"].Value, $"'{match.Groups["name"].Value}' is missing or can not be read.")
            : Refuse.Validation("body", "The request can not be read.");
    }

    [GeneratedRegex("\"[^\"]*?(?<name>[A-Za-z]+)\"")]
    private static partial Regex BoundParameter();
}
