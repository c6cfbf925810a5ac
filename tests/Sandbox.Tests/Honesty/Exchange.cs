using System.Text.Json.Nodes;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>A request and its answer.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">The path from <c>/v1</c> on.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Body">The answer.</param>
/// <param name="Accepts">The names that the operation takes, for the top (empty) and each group that the request had, such as <c>card</c>.</param>
public sealed record Exchange(string Method, string Path, int Status, JsonObject Body, IReadOnlyDictionary<string, IReadOnlyList<string>> Accepts);
