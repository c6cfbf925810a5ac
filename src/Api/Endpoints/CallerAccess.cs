using Connect.Api.Auth;

namespace Connect.Api.Endpoints;

/// <summary>The caller of a request, bound as a handler's parameter.</summary>
internal sealed record Signed(Caller? Caller)
{
    public static ValueTask<Signed> BindAsync(HttpContext context) => ValueTask.FromResult(new Signed(Caller.From(context.User)));
}
