using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;

namespace Connect.Sandbox.Stripe;

/// <summary>Takes API requests: checks the key, applies faults, keeps idempotency, runs the operation, answers.</summary>
internal sealed partial class StripeServer(
    StripeWork work,
    StripeSandboxFaults faults,
    IStripeIds ids,
    TimeProvider clock,
    IOptions<StripeSandboxOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<StripeServer> logger)
{
    private static readonly TimeSpan KeyLife = TimeSpan.FromHours(24);
    private static readonly StripeError LostInside = new() { Type = "api_error", Message = "An unknown error occurred." };

    // Keys of requests that have arrived and are not carried out yet. Only this process can have such: after a restart none is at work.
    private readonly ConcurrentDictionary<string, bool> _inFlight = new(StringComparer.Ordinal);

    /// <summary>Answers one API request.</summary>
    /// <param name="context">The request, below <paramref name="prefix"/>.</param>
    /// <param name="prefix">Where the sandbox is mapped.</param>
    public async Task HandleAsync(HttpContext context, string prefix)
    {
        faults.CountRequest();
        var request = await StripeRequest.ReadAsync(context, prefix, ids.Next("req"), PageBase(context, prefix));
        context.Response.Headers["Request-Id"] = request.Id;
        if (request.StripeVersion is not null)
            context.Response.Headers["Stripe-Version"] = request.StripeVersion;
        if (request.IdempotencyKey is not null)
            context.Response.Headers["Idempotency-Key"] = request.IdempotencyKey;
        if (faults.Down)
        {
            Reset(context);
            return;
        }

        if (request.Refusal() is { } refusal)
        {
            await WriteAsync(context, Reply.Of(StripeAnswer.Refused(refusal.Status, refusal.Error)));
            return;
        }

        if (request.IdempotencyKey is { } key && !_inFlight.TryAdd(key, true))
        {
            await WriteAsync(context, Conflict(key));
            return;
        }

        StripeFault? fault;
        Reply reply;
        try
        {
            fault = faults.Take(request.Method, request.Path, faults.AskForCustomer ? await CustomerAsync(request) : null);
            if (fault is { Kind: StripeFaultKind.RolledForward })
            {
                await WriteAsync(context, await CarryOutAsync(request, loseAnswer: true, TimeSpan.FromMilliseconds(fault.DelayMs)));
                return;
            }

            if (fault is { When: StripeFaultTime.Before } && await StrikeAsync(context, fault, request, null))
                return;
            reply = await CarryOutAsync(request, fault is { When: StripeFaultTime.After, Kind: StripeFaultKind.ServerError });
        }
        finally
        {
            if (request.IdempotencyKey is not null)
                _inFlight.TryRemove(request.IdempotencyKey, out _);
        }

        if (fault is { When: StripeFaultTime.After } && await StrikeAsync(context, fault, request, reply))
            return;
        await WriteAsync(context, reply);
    }

    /// <summary>Where the hosted pages are, as a browser sees them.</summary>
    public string PageBase(HttpContext context, string prefix)
    {
        var host = options.Value.PublicBaseUrl?.GetLeftPart(UriPartial.Authority) ?? $"{context.Request.Scheme}://{context.Request.Host}";
        return $"{host}{context.Request.PathBase}{prefix}";
    }

    /// <summary>Drops the connection the hard way, as a network does.</summary>
    public static void Reset(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
            socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        context.Abort();
    }

    // The customer that the request names, or whose object the path names.
    private async Task<string?> CustomerAsync(StripeRequest request)
    {
        if (request.Parameters.Peek("customer") is { } named)
            return named;
        var parts = request.Path.Trim('/').Split('/');
        return await work.RunAsync((unit, _) => parts.Select(unit.Find).FirstOrDefault(found => found is not null) switch
        {
            StripeCustomer customer => customer.Id,
            { } found => found.Owner,
            null => null,
        });
    }

    private async Task<Reply> CarryOutAsync(StripeRequest request, bool loseAnswer, TimeSpan? later = null)
    {
        try
        {
            return await work.RunAsync((unit, now) => CarryOut(unit, request, now, loseAnswer, later));
        }
        catch (Exception error)
        {
            // The sandbox's own failure has to look like the API's, and must reach the log.
            LogFailure(error, request.Method, request.Path);
            return Reply.Of(StripeAnswer.Refused(500, LostInside));
        }
    }

    private Reply CarryOut(StripeUnit unit, StripeRequest request, DateTimeOffset now, bool loseAnswer, TimeSpan? later)
    {
        if (request.IdempotencyKey is { } key)
        {
            unit.ForgetAnswers(now - KeyLife);
            if (unit.FindAnswer(key) is { } kept)
                return Replay(kept, request, key);
        }

        var answer = StripeAnswer.Refused(500, LostInside);
        if (later is { } delay)
            unit.Plan(now + delay, LaterKind.RollForward, RolledForward.Of(request).Write());
        else if (Run(unit, request, now) is var done && !loseAnswer)
            answer = done;
        var reply = Reply.Of(answer);
        if (request.IdempotencyKey is not null)
            unit.KeepAnswer(request.IdempotencyKey, new(request.Path, request.Parameters.Digest, reply.Status, reply.Body, request.Id), now);
        return reply;
    }

    private StripeAnswer Run(StripeUnit unit, StripeRequest request, DateTimeOffset now)
    {
        unit.Mark();
        try
        {
            var call = work.Call(unit, now, request.Parameters, request.PageBase, new StripeEventRequest(request.Id, request.IdempotencyKey));
            var answer = StripeRoutes.Run(request.Method, request.Path, call);
            if (answer.Status == StatusCodes.Status200OK)
            {
                foreach (var path in call.Expand)
                    StripeExpansion.Apply(answer.Body, path, unit);
            }

            return answer;
        }
        catch (StripeRefusal refusal)
        {
            unit.Undo();
            return StripeAnswer.Refused(refusal.Status, refusal.Error);
        }
    }

    private static Reply Replay(KeptAnswer kept, StripeRequest request, string key)
    {
        if (kept.Path != request.Path)
        {
            return IdempotencyError(
                400,
                null,
                $"Keys for idempotent requests can only be used for the same endpoint they were first used for ('{request.Path}' vs '{kept.Path}'). "
                + $"Try using a key other than '{key}' if you meant to execute a different request.");
        }

        if (kept.Parameters != request.Parameters.Digest)
        {
            return IdempotencyError(
                400,
                null,
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                + $"Try using a key other than '{key}' if you meant to execute a different request.");
        }

        return new Reply(kept.Status, kept.Body) { ReplayOf = kept.RequestId };
    }

    private static Reply Conflict(string key) => IdempotencyError(
        409,
        "idempotency_key_in_use",
        $"There is currently another in-progress request using this Idempotent Key: {key}. Please try again later.");

    private static Reply IdempotencyError(int status, string? code, string message) =>
        Reply.Of(StripeAnswer.Refused(status, new StripeError { Type = "idempotency_error", Code = code, Message = message }));

    // True when the request is over; false when it goes on (it was only slow).
    private async Task<bool> StrikeAsync(HttpContext context, StripeFault fault, StripeRequest request, Reply? reply)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        switch (fault.Kind)
        {
            case StripeFaultKind.Slow:
                await WaitAsync(TimeSpan.FromMilliseconds(fault.DelayMs), leaving.Token);
                return leaving.IsCancellationRequested;
            case StripeFaultKind.Hang:
                await WaitAsync(Timeout.InfiniteTimeSpan, leaving.Token);
                context.Abort();
                return true;
            case StripeFaultKind.Reset:
                Reset(context);
                return true;
            case StripeFaultKind.Cut:
                await CutAsync(context, reply ?? Reply.Of(StripeAnswer.Ok(new JsonObject { ["id"] = request.Id })));
                return true;
            case StripeFaultKind.ServerError:
                await WriteAsync(context, Reply.Of(StripeAnswer.Refused(500, LostInside)));
                return true;
            case StripeFaultKind.HtmlUnavailable:
                await WriteAsync(context, new Reply(503, "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>") { IsHtml = true });
                return true;
            case StripeFaultKind.TooManyRequests:
                await WriteAsync(context, Reply.Of(StripeAnswer.Refused(
                    429, new StripeError { Type = "invalid_request_error", Code = "rate_limit", Message = "Request rate limit exceeded." })));
                return true;
            case StripeFaultKind.Conflict:
                await WriteAsync(context, Conflict(request.IdempotencyKey ?? ""));
                return true;
            default:
                throw new InvalidOperationException($"No such fault: {fault.Kind}");
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken leaving) =>
        await Task.Delay(time, clock, leaving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task CutAsync(HttpContext context, Reply reply)
    {
        var bytes = Encoding.UTF8.GetBytes(reply.Body);
        Head(context, reply, bytes.Length);
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private static async Task WriteAsync(HttpContext context, Reply reply)
    {
        var bytes = Encoding.UTF8.GetBytes(reply.Body);
        Head(context, reply, bytes.Length);
        await context.Response.Body.WriteAsync(bytes);
    }

    private static void Head(HttpContext context, Reply reply, int length)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.IsHtml ? "text/html; charset=utf-8" : "application/json";
        context.Response.ContentLength = length;
        if (reply.ReplayOf is null)
            return;
        context.Response.Headers["Idempotent-Replayed"] = "true";
        context.Response.Headers["Original-Request"] = reply.ReplayOf;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The Stripe sandbox failed at {Method} {Path}")]
    private partial void LogFailure(Exception error, string method, string path);

    /// <summary>What goes over the wire.</summary>
    private sealed record Reply(int Status, string Body)
    {
        public string? ReplayOf { get; init; }

        public bool IsHtml { get; init; }

        public static Reply Of(StripeAnswer answer) => new(answer.Status, answer.Body.ToJsonString(StripeObject.Wire));
    }
}
