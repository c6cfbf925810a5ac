using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Connect.Api.Problems;

/// <summary>A problem as the whole response, Retry-After included.</summary>
public sealed class ProblemResult(Problem problem) : IResult
{
    /// <summary>What is answered.</summary>
    public Problem Problem => problem;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var details = new ProblemDetails { Type = problem.Type, Status = problem.Status, Title = problem.Title, Detail = problem.Detail };
        if (problem.Field is { } field)
            details.Extensions["field"] = field;
        foreach (var (name, value) in problem.More)
            details.Extensions[name] = value;
        if (problem.RetryAfter is { } seconds)
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(details).ExecuteAsync(httpContext);
    }
}

/// <summary>Problems and answers as HTTP results.</summary>
internal static class ProblemHttp
{
    /// <summary>The problem as a result.</summary>
    public static ProblemResult ToHttp(this Problem problem) => new(problem);

    /// <summary>200 with the value, or the problem.</summary>
    public static Results<Ok<T>, ProblemResult> ToOk<T>(this Answer<T> answer) =>
        answer.Problem is { } problem ? problem.ToHttp() : TypedResults.Ok(answer.Value);

    /// <summary>202 with the value, or the problem.</summary>
    public static Results<Accepted<T>, ProblemResult> ToAccepted<T>(this Answer<T> answer) =>
        answer.Problem is { } problem ? problem.ToHttp() : TypedResults.Accepted((string?)null, answer.Value);

    /// <summary>201 with the value and where it is, or the problem.</summary>
    public static Results<Created<T>, ProblemResult> ToCreated<T>(this Answer<T> answer, Func<T, string> location) =>
        answer.Problem is { } problem ? problem.ToHttp() : TypedResults.Created(location(answer.Value), answer.Value);
}
