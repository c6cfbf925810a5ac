using System.Security.Cryptography;
using System.Text;
using Connect.Api.Application;
using Connect.Api.Problems;
using Connect.Idempotency;

namespace Connect.Api.Idempotency;

/// <summary>
/// The same Idempotency-Key and content get the same answer, for ever; other content is refused; a request that is still running says so.
/// Only answers of commands that took effect, or that the bank or the balance refused, are kept. Any other refusal changed nothing and frees the key.
/// It runs behind the access filter of the group, so that nobody occupies a key of an account that is not theirs.
/// </summary>
internal sealed class IdempotencyFilter(GrainCalls calls) : IEndpointFilter
{
    /// <summary>The request header.</summary>
    public const string Header = "Idempotency-Key";

    private const int MaxKeyLength = 200;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var endpoint = http.GetEndpoint()!.Metadata.GetRequiredMetadata<IdempotentEndpoint>();
        var accountId = http.GetRouteValue("accountId") as string ?? "";
        var key = http.Request.Headers[Header].ToString();
        if (key.Length == 0)
            return endpoint.Required ? Refuse.IdempotencyKeyRequired().ToHttp() : await next(context);
        if (key.Length > MaxKeyLength || !key.All(character => character is >= ' ' and <= '~'))
            return Refuse.IdempotencyKeyInvalid().ToHttp();

        var request = new RequestKey(key, endpoint.KeptByCommand ? "" : await Fingerprint(http.Request));
        http.Features.Set(request);
        if (endpoint.KeptByCommand)
            return await next(context);
        var keyed = calls.Grains.GetGrain<IIdempotencyGrain>($"{accountId}/{endpoint.Operation}/{key}");
        var claim = await GrainCalls.Repeat(() => keyed.Begin(request.Fingerprint));
        return claim.Outcome switch
        {
            ClaimOutcome.Answered => new KeptAnswer(claim.Answer!, Replayed: true),
            ClaimOutcome.Running => Refuse.IdempotencyKeyInUse().ToHttp(),
            ClaimOutcome.OtherContent => Refuse.OperationIdReused().ToHttp(),
            _ => await Run(keyed, claim.Claim, context, next),
        };
    }

    private static async Task<object?> Run(IIdempotencyGrain keyed, long claim, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            var answer = await Record(context.HttpContext, await next(context));
            if (answer.Status is < 300 or StatusCodes.Status402PaymentRequired)
                await keyed.Complete(claim, answer);
            else
                await keyed.Release(claim);
            return new KeptAnswer(answer, Replayed: false);
        }
        catch
        {
            await keyed.Release(claim);
            throw;
        }
    }

    /// <summary>Lets the result write itself into memory, so that it can be kept and given again byte for byte.</summary>
    private static async Task<StoredAnswer> Record(HttpContext http, object? result)
    {
        var real = http.Response.Body;
        using var memory = new MemoryStream();
        http.Response.Body = memory;
        try
        {
            await ((IResult)result!).ExecuteAsync(http);
            await http.Response.BodyWriter.FlushAsync();
        }
        finally
        {
            http.Response.Body = real;
        }
        return new()
        {
            Status = http.Response.StatusCode,
            ContentType = http.Response.ContentType,
            Location = http.Response.Headers.Location,
            Body = [.. memory.ToArray()],
        };
    }

    /// <summary>Digest of the address, the content type and the body.</summary>
    private static async Task<string> Fingerprint(HttpRequest request)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes($"{request.Path}\n{request.QueryString}\n{request.ContentType}\n"));
        request.Body.Position = 0;
        var buffer = new byte[64 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
            digest.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}

/// <summary>A recorded answer, given for the first time or again.</summary>
internal sealed record KeptAnswer(StoredAnswer Answer, bool Replayed) : IResult
{
    /// <summary>Tells the caller that nothing happened this time.</summary>
    public const string ReplayHeader = "Idempotency-Replayed";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Answer.Status;
        response.ContentType = Answer.ContentType;
        if (Answer.Location is { } location)
            response.Headers.Location = location;
        if (Replayed)
            response.Headers[ReplayHeader] = "true";
        response.ContentLength = Answer.Body.Length;
        await response.Body.WriteAsync(Answer.Body.AsMemory());
    }
}
